/* around_words.c - see around_words.h. */
#include "plugins/calculator/text/around_words.h"

#include <stddef.h>

const char *const around_neutral_en[] = {
    "the", "a", "an", "this", "that", "these", "those", "it", "its", "is", "are", "was", "were", "be", "been",
    "being", "will", "must", "can", "has", "have", "do", "does",
    "i", "we", "us", "our", "you", "they", "them", "their", "he", "she", "his", "her", "him", "one", "there", "here",
    "which", "such", "who", "where", "what",
    "of", "to", "in", "for", "at", "by", "on", "with", "from", "as", "into", "through", "after", "between", "per",
    "and", "out", "up", "over",
    "so", "therefore", "thus", "hence", "then", "finally", "now", "consequently", "accordingly", "overall", "because",
    "since", "whence", "thereby", "ultimately", "eventually", "lastly", "namely", "hereby", "summing", "summarizing",
    "summarising", "summarize", "conclude", "concluding", "clearly", "evidently", "altogether", "also", "just", "simply", "only", "all", "exactly", "indeed", "again",
    "get", "gets", "got", "getting", "obtain", "obtains", "obtained", "find", "finds", "found", "finding", "concludes", "deduce", "deduces", "deduced", "infer", "derive", "derived", "reach", "reaches", "reaching", "establish",
    "imply", "implies", "see", "say", "write", "written", "know", "note", "let's",
    "give", "gives", "given", "giving", "yield", "yields", "yielding", "equal", "equals", "simplify", "simplifies",
    "simplified", "simplifying", "simplification", "reduce", "reduces", "lead", "leads", "become", "becomes",
    "evaluate", "evaluates", "come", "comes", "turns", "means",
    "make", "makes", "arrive", "arrives", "compute", "computes", "computed", "computing", "computation", "calculate",
    "calculated", "calculating", "calculation", "calculations", "determine", "determined", "solve", "solved",
    "solves", "solving", "follow", "follows",
    "take", "takes", "taken", "need", "needs", "needed", "required", "require", "requires", "use", "used", "using",
    "substitute", "substituting", "combining", "working", "work", "set", "program", "wrote", "put", "plugging",
    "answer", "answers", "result", "results", "outcome", "quantity", "value", "values", "solution", "solutions", "solutionset", "root", "roots",
    "number", "numbers", "total", "final", "conclusion", "summary", "expression", "equation", "inequality", "problem",
    "question", "function", "formula", "variable", "expansion", "expanded", "factorization", "factorisation",
    "factored", "working",
    "correct", "desired", "sought", "requested", "asked", "wanted", "resulting", "proper", "unique", "exact", "simplest", "simple", "form", "terms",
    "lowest", "fraction", "interval", "satisfy", "satisfies", "above", "two", "real", "possible", "box", "boxed",
    "real-valued", "algebra", "arithmetic", "data", "information", "arrange", "arranged", "arranging", "choose",
    "choosing", "select", "selecting", "selected", "picking", "draw", "drawing", "drawn", "getting", "rolling",
    "general", "numerical", "shown", "below", "stated", "follows:", NULL };

const char *const around_neutral_zh[] = {
    "所以", "因此", "因而", "故而", "总之", "总而言之", "可见", "进而", "显然", "易知", "易得", "推得", "推出", "推知",
    "得知", "可求得", "可解得", "即得", "便得", "便是", "便为", "仍", "仍是", "仍为", "应当", "应该", "求解", "解之",
    "故", "综上", "综上所述", "所述", "于是", "从而", "由此", "那么", "因为", "由于", "最后", "最终",
    "最后的", "可得", "得", "得到", "得出", "解得", "求得", "算得", "求出", "算出", "计算", "经", "经过", "通过",
    "程序", "化简", "整理", "代入", "根据", "题意", "按", "依",
    "结果", "答案", "答", "解", "解答", "结论", "是", "为", "等于", "即", "就是", "即为", "也就是", "则", "有", "共",
    "共有", "一共", "总共", "总", "合计", "本题", "此题", "该题", "题目", "原题", "问题", "题", "这", "这个", "这些",
    "那", "的", "它", "它们", "其", "他", "她", "他们", "她们", "我们", "可以", "可", "可知", "知", "能",
    "需", "需要", "要", "用", "时", "由", "所求", "求", "值", "数", "数值", "应", "应为", "填", "应填", "选", "应选",
    "故选", "正确", "正确答案", "方程", "原方程", "不等式", "表达式", "式子", "原式", "原极限", "原积分", "原表达式",
    "两个根", "两根", "两个解", "两解", "两个实数根", "两个实根", "两个不相等的实数根", "函数", "了", "在", "中", "里",
    "后", "之后", "以后", "到", "出", "成", "所", "于", "也", "并", "且", "与", "和", "及", "以及", "将", "把", "从",
    "对", "这样", "如下", "以下",
    "解集", "根", "实数", "分别", "满足", "条件", "符合", "答案为", "结果为", "最简", "形式", "分数", "写成", "写作",
    "记作", "表示", "以", "该", "此", "个", "种", "名", "位", "元素", "不同的", "不同", "方法", "方式", "总数",
    "个数", "数量", "数目", "二次", "一次", "一元", "二元", "三次", "名", "位", "只", "件", "本", "张", "支", "枚",
    "辆", "棵", "块", "颗", "条", "次", "我", "你", "上述", "综合", "给定", "具体", "过程", "等", "大小", "长方形",
    "正方形", "长方体", "正方体", "因式分解", "分解", "裂项", "相消", "移项", "合并", "同类项", "配方", "通分",
    "约分", "去分母", "去括号", "展开", "求导", "消元", "换元", "开方", "联立", "交叉相乘", "勾股定理",
    "利用已知条件", "根据已知条件", "由已知条件", "利用", "甲", "乙", "丙", "丁", "列式", "购买", "买", "列方程",
    "由题意", "由条件", NULL };

const char *const around_quantity_en[] = {
    "area", "areas", "perimeter", "circumference", "radius", "radii", "diameter", "volume", "surface", "height",
    "width", "length", "lengths", "side", "sides", "base", "hypotenuse", "leg", "legs", "diagonal", "edge",
    "distance", "speed", "velocity", "rate", "time", "duration", "age", "ages", "depth",
    "price", "cost", "costs", "discount", "profit", "loss", "interest", "principal", "tax", "salary", "income",
    "amount", "money", "change", "savings", "revenue", "sum", "difference", "product", "quotient", "remainder",
    "dividend", "divisor", "divisors", "multiple", "multiples", "factor", "factors", "gcd", "gcf", "hcf", "lcm",
    "mean", "average", "median", "mode", "range", "variance", "deviation", "square", "squared", "squares", "cube",
    "cubed", "reciprocal", "inverse", "absolute", "numerator", "denominator", "exponent", "power", "coefficient",
    "constant", "degree", "degrees", "discriminant", "slope", "gradient", "intercept", "y-intercept", "x-intercept",
    "vertex", "vertices", "midpoint", "center", "centre", "angle", "angles",
    "ratio", "proportion", "percentage", "percent", "increase", "decrease", "probability", "odds", "chance",
    "likelihood", "expectation", "complement", "derivative", "integral", "antiderivative", "limit", "digit", "digits",
    "term", "page", "error", "errors", "count", "weight", "mass", "coordinate", "coordinates", "x-coordinate",
    "y-coordinate", "domain", "times", NULL };

/* Colours and people are cases, too: of two kinds of balls one is asked about. */
const char *const around_case_en[] = {
    "maximum", "minimum", "max", "min", "maximal", "minimal", "largest", "smallest", "larger", "smaller", "bigger",
    "biggest", "greater", "greatest", "least", "less", "more", "fewer", "most", "highest", "lowest", "longest",
    "shortest", "longer", "shorter", "older", "younger", "oldest", "youngest", "cheaper", "faster", "slower",
    "positive", "negative", "odd", "even", "prime", "composite", "first", "second", "third", "fourth", "fifth",
    "sixth", "seventh", "eighth", "ninth", "tenth", "last", "next", "previous", "middle", "other", "another", "same",
    "new", "old", "original", "originally", "initial", "initially", "half", "halves", "twice", "double", "triple",
    "quarter", "opposite",
    "increased", "decreased", "expected", "left", "remaining", "remain", "remains", "alone", "each", "every", "both",
    "either", "neither", "none", "not", "no", "never", "without", "unless", "if", "when", "or", "but", "except",
    "different", "distinct",
    "red", "blue", "green", "white", "black", "yellow", "orange", "purple", "brown", "pink", "grey", "gray", "heads",
    "tails", "mother", "father", "son", "daughter", "brother", "sister", "wife", "husband", "boy", "boys", "girl",
    "girls", "man", "men", "woman", "women", "male", "female",
    "maximize", "minimize", "approximately", "about", "roughly", "approximate", "rounded", "estimate", "estimated",
    "nearest", "today", "ago", "lateral", "inner", "outer", "interior", "exterior", "upper", "lower", "complex",
    "imaginary", "sample", "population", "compound", NULL };

const char *const around_quantity_zh[] = {
    "表面积", "侧面积", "底面积", "全面积", "面积", "周长", "半径", "直径", "体积", "容积", "边长", "棱长", "斜边",
    "直角边", "对角线", "弧长", "高", "长", "宽", "厚", "距离", "路程", "速度", "时间", "年龄", "岁数", "重量",
    "质量", "价格", "单价", "售价", "原价", "现价", "进价", "定价", "标价", "成本", "利润", "利息", "本金", "折扣",
    "税",
    "之和", "的和", "项和", "总和", "和为", "和是", "之积", "的积", "乘积", "积为", "积是", "之差", "的差", "差为",
    "差是", "的商", "余数", "倒数", "相反数", "绝对值", "公约数", "公因数", "公倍数", "约数", "因数", "倍数",
    "最大公约数", "最大公因数", "最小公倍数", "平均数", "平均", "中位数", "众数", "方差", "标准差", "极差",
    "概率", "期望", "补集", "比例", "百分比", "百分数", "首项", "末项", "公差", "公比", "通项", "斜率", "截距",
    "顶点", "中点", "圆心", "夹角", "判别式", "系数", "常数项", "分子", "分母", "指数", "底数", "平方", "立方", "倍",
    "极限", "积分", "极大值", "极小值", "定义域", "值域", "导数", NULL };

const char *const around_case_zh[] = {
    "最大", "最小", "最多", "最少", "最高", "最低", "最长", "最短", "至少", "至多", "较大", "较小", "更大", "更小",
    "大数", "小数", "增加", "减少", "增长", "下降", "剩", "余下", "原来", "现在", "每", "各", "第一", "第二", "第三",
    "第四", "第五", "半", "不", "没", "无", "未", "非", "都", "恰", "只有", "仅", "反面", "对立",
    "红", "白", "黑", "蓝", "黄", "绿", "男", "女", "父", "母", "儿子", "女儿", "正", "负", "奇", "偶", "情况",
    "约为", "大约", "近似", "内", "外", "左", "右", "单独", NULL };

/* A name that is longer than a quantity in it, and is none. */
const char *const around_same[] = {
    " mean average ", " maximum max maximal largest biggest highest ", " minimum min minimal smallest least lowest ",
    " larger greater bigger ", " perimeter circumference ", " probability chance likelihood ",
    " speed rate velocity ", " price cost costs ", " slope gradient ", " center centre ",
    " 平均数 平均 ", " 公约数 公因数 最大公约数 最大公因数 ", " 公倍数 最小公倍数 ", " 约数 因数 ", " 路程 距离 ",
    " 乘积 之积 的积 积为 积是 ", " 之和 的和 项和 总和 和为 和是 ", " 之差 的差 差为 差是 ", " 较大 大数 更大 ",
    " 较小 小数 更小 ", " together combined ", " remaining left remain remains ", " 剩 余下 ", " first second ", NULL };

const char *const around_check[] = {
    "check", "checks", "checking", "checked", "verify", "verified", "verifies", "verification", "verifying", "holds",
    "hold", "true", "valid", "ok", "right-hand", "left-hand", "matches", "match", "satisfied", "works", "confirms",
    "confirm", "confirmed", "confirming", "original", "matching", "consistent", "condition", "conditions", "back",
    "side", "sides", "both", "claimed", "q.e.d", "qed", "done", "completes", "complete", "matched", NULL };
const char *const around_check_zh[] = {
    "检验", "经检验", "验证", "验算", "成立", "左边", "右边", "两边", "相等", "符合题意", "解毕", "完毕", "证毕",
    "正好", "恰好", "确实", "要求", "原方程的解", "的解", "条件", "正确", "单位", "作答", NULL };

const char *const around_turned[] = {
    "at least", "at most", "hold on", "not exactly", "not quite", "wait", "也许", "可能", "大概", "左右", "等等", NULL };

const char *const around_ways[] = {
    "ways", "way", "arrangements", "arrangement", "combinations", "permutations", "possibilities", "outcomes",
    "methods", "choices", "selections", "options", "solutions", "roots", "numbers", "times", NULL };

const char *const around_counted_zh[] = {
    "种", "个", "次", "项", "组", "对", "不同的", "方法", "方式", "选法", "排法", "站法", "坐法", "走法", "取法",
    "放法", "情况", "可能", "结果", "解", "实数", "根", "元素", "整数", "自然数", "单位", "后", NULL };

const char *const around_scales[] = {
    "percent", "thousand", "hundred", "million", "billion", "dozen", "dozens", "half", "halves", "squared", "cubed",
    "or", "and", "more", "less", "fewer", "plus", "minus", "times", "not", "unless", "point", "mod", "modulo",
    "factorial", "pairs", "per", "tens", "tenths", "thirds", "quarters", "fifths", "hundredths", "thousandths",
    "basis", "divided", "multiplied", "if", "but", "is", "were", "was", "up",
    "半", "多", "倍", "又", "以", "或", "左", "余", "不", "错", "应", "十", "百", "千", "万", "亿", "打", "是", "的",
    "加", "减", "乘", "除", "时", "位数", NULL };

const char *const around_changed[] = {
    "twice", "half", "double", "triple", "not", "never", "unless", "倍", "答案加", "答案减", "答案乘", "答案除", "结果加",
    "结果减", "结果乘", "结果除", "答案的", "结果的", "答案比", "结果比", "不为", "不应", "没有", "并非", "一半", NULL };

const char *const around_compares[] = {
    "least", "most", "no", "or", "if", "less", "more", "fewer", "greater", "than", "about", "almost", "nearly", "under",
    "over", "above", "below", "exceeds", "without", "negative", "minus", "至少", "至多", "最少", "最多", "不少于", "不超过", "大于", "小于",
    "超过", "低于", "高于", "少于", "多于", "不到", "之一", "约", "估", "以下", NULL };

const char *const around_denied[] = {
    "cannot be determined", "can't be determined", "cannot be solved", "can not be determined", "cannot be found",
    "not enough information", "insufficient information", "ambiguous", "i don't know", "i do not know", "no idea",
    "impossible to say", "impossible to tell", "impossible to determine", "problem has no solution",
    "problem is flawed", "question is flawed", "problem is wrong",
    "there is no answer", "no such value exists", "contradicts the condition", "i am not sure", "i'm not sure",
    "not certain", "just a guess", "my guess", "i guess",
    "无法确定", "不能确定", "条件不足", "信息不足", "题目有误", "题有误", "数据有误", "不知道", "无法求解", "不会做",
    "practice:", "<!--", "<answer>", "变式", "练习", "本题无解", "此题无解", "没有把握", "答案不唯一", "猜测", "有多种理解", "有歧义", "瞎猜", NULL };

const char *const around_denied_near[] = {
    "used to be", "thought to be", "problem number", "question number", "exam", "to be determined", "n't ", "cannot",
    "never", "wrong", "incorrect", "false", "mistak", "misprint", "naive", "unsure", "guess", "would be",
    "would have", "would get", "would give", "might", "may be", "could", "perhaps", "probabl", "maybe", "doubt",
    "unlikely", "claim", "suppos", "assum", "hypoth", "conjectur", "unknown", "n/a", "ambiguous", "impossible",
    "no solution", "no answer", "old answer", "previous", "earlier exercise", "draft", "refuse", "avoid", "ignor",
    "disregard", "flawed", "fallback", "example", "instead of", "another question", "different question",
    "different problem", "insufficient", "student a", "method 1", "attempt:",
    "if we", "if the problem", "if the question", "if order", "had been", "if the answer", "for contradiction",
    "says", "some number", "upper bound", "lower bound", "one of many", "such as", "e.g", "intended", "neighbour",
    "neighbor",
    "不是", "不等于", "不可能", "不会", "不能", "不要", "错", "误", "不对", "要么", "可能", "也许", "猜", "有人",
    "介于", "如果", "若不", "假如", "倘若", "假设", "无解", "不足", "不知", "无法", "改为", "改正", "类似", "草稿",
    "上一题", "下一题", "另一题", "例题", "小明说", "老师", "情况一", "若题", "随便", "附:", "略", NULL };
