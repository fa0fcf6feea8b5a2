/* slots.c - see slots.h. */
#include "plugins/calculator/questions/slots.h"

#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof *(a))

static int in_list(const char *t, size_t n, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (n == strlen(list[i]) && memcmp(t, list[i], n) == 0)
            return 1;
    return 0;
}

static int ends_with(const char *t, size_t n, const char *end)
{
    size_t k = strlen(end);
    return n >= k && memcmp(t + n - k, end, k) == 0;
}

static int begins_with(const char *t, size_t n, const char *begin)
{
    size_t k = strlen(begin);
    return n >= k && memcmp(t, begin, k) == 0;
}

int slot_is_counter(const char *t, size_t n)
{
    static const char *const words[] = {
        "个", "只", "本", "张", "颗", "粒", "块", "条", "支", "枝", "件", "棵", "株", "头", "匹", "辆", "台", "架", "艘", "座", "栋", "幢",
        "间", "套",
        "双", "副", "把", "面", "盏", "朵", "盆", "根", "枚", "册", "名", "位", "人", "口", "户", "家", "所", "篇", "页", "首", "幅", "顶",
        "扇", "瓶",
        "杯", "碗", "盒", "箱", "袋", "包", "筐", "桶", "罐", "盘", "层", "节", "段", "片", "束", "串", "堆", "份", "种", "项", "次", "场",
        "岁", "部",
        "元", "角", "吨", "千克", "公斤", "克", "斤", "米", "分米", "厘米", "毫米", "千米", "公里", "升", "毫升", "公顷", "亩", "平方米", "立方米",
    };
    return in_list(t, n, words, LENGTH(words));
}

int slot_is_colour(const char *t, size_t n)
{
    static const char *const han[] = { "红", "白", "黑", "蓝", "黄", "绿", "紫", "橙", "粉", "灰", "棕" };
    static const char *const en[] = { "red", "white", "black", "blue", "yellow", "green", "orange", "purple", "pink", "brown", "gray", "grey" };
    if (n > 3 && ends_with(t, n, "色"))
        n -= 3;
    for (size_t i = 0; i < LENGTH(en); i++)
        if (n == strlen(en[i]) && strncasecmp(t, en[i], n) == 0)
            return 1;
    return in_list(t, n, han, LENGTH(han));
}

int slot_excludes(const char *a, const char *b)
{
    static const char *const pairs[][2] = { { "boys", "girls" }, { "men", "women" }, { "teachers", "students" }, { "adults", "children" }, { "male", "female" }, { "seniors", "juniors" } };
    for (size_t i = 0; i < LENGTH(pairs); i++)
        if ((strcasecmp(a, pairs[i][0]) == 0 && strcasecmp(b, pairs[i][1]) == 0) || (strcasecmp(a, pairs[i][1]) == 0 && strcasecmp(b, pairs[i][0]) == 0))
            return 1;
    return 0;
}

/* ---- who ------------------------------------------------------------------------------ */
/* How many of the characters behind i, up to most, are in set; 0 if one before the end of t is not. */
static int all_in(const char *t, size_t n, const char *set, int most)
{
    int chars = 0;
    for (size_t i = 0; i < n; i += 3, chars++) {
        char ch[4] = { 0 };
        if (i + 3 > n || chars == most)
            return 0;
        memcpy(ch, t + i, 3);
        if (strstr(set, ch) == NULL)
            return 0;
    }
    return chars;
}

#define SURNAMES \
    "赵钱孙李周吴郑王冯陈蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹苏潘范彭鲁马方任袁柳唐薛贺罗郝常康余顾孟黄萧尹" \
    "姚邵汪毛宋熊董梁杜阮蓝贾江郭梅林徐邱高夏蔡田胡丁邓洪石崔龚程陆段侯武刘龙叶黎白赖卓池乔谭姬曾关欧于史傅"
#define GIVEN \
    "明红刚丽华强芳军亮英兰玲燕梅敏静涛伟杰宇云东娟婷雪霞青春海波飞鹏峰磊勇辉斌莉琳欣佳美" \
    "宁玉珍花虎兔冬光建国文志新雨晨阳林晓芸洋悦乐轩浩天琪瑶倩丹颖健凯彬康平亚男楠桃龙"

int slot_is_person(const char *t, size_t n)
{
    static const char *const people[] = {
        "爸爸", "妈妈", "父亲", "母亲", "爷爷", "奶奶", "外公", "外婆", "姥姥", "哥哥", "弟弟", "姐姐", "妹妹", "叔叔", "阿姨", "姑姑", "舅舅", "儿子",
        "女儿", "孙子", "孙女", "丈夫", "妻子",
        "师傅", "徒弟", "老师", "同学", "学生", "工人", "农民", "司机", "快递员", "店主", "商人", "我", "他", "她", "某人", "某同学", "某学生", "某运动员",
        "某工人", "某农民", "某司机", "小朋友", "小学生", "老人",
    };
    static const char *const titles[] = {
        "先生", "女士", "小姐", "师傅", "老师", "叔叔", "阿姨", "爷爷", "奶奶", "伯伯", "大爷", "大妈", "大伯", "经理", "医生", "教授", "同学", "老板",
    };
    if (in_list(t, n, people, LENGTH(people)))
        return 1;
    for (size_t i = 0; i < LENGTH(titles); i++)
        if (ends_with(t, n, titles[i]) && n > strlen(titles[i])) {
            n -= strlen(titles[i]);
            return all_in(t, n, SURNAMES, 1) || slot_is_person(t, n);
        }
    if (n == 6 && all_in(t, 3, "小老阿大", 1))
        return all_in(t + 3, 3, SURNAMES GIVEN, 1);
    if (n == 3)
        return all_in(t, n, "甲乙丙丁戊", 1);
    return n > 3 && all_in(t, 3, SURNAMES, 1) && all_in(t + 3, n - 3, GIVEN SURNAMES, 2);
}

/* 甲班, 某工厂, 学校, 三班, 第一组: a body of people, or what belongs to it.  三组 may be three of them. */
static int is_body(const char *t, size_t n)
{
    static const char *const marks[] = { "甲", "乙", "丙", "丁", "某", "该", "本", "这个", "第一", "第二", "第三", "第四", "第五", "第六" };
    static const char *const kinds[] = {
        "班", "班级", "组", "小组", "队", "工程队", "施工队", "车间", "校", "学校", "中学", "小学", "厂", "工厂", "公司", "商店", "商场", "超市",
        "书店", "农场", "村", "乡", "镇", "县", "市", "城市", "城", "小区", "图书馆", "车", "船", "地",
        "仓", "仓库", "粮库", "果园", "养鸡场", "养殖场", "单位", "企业", "机器", "打字员", "师傅", "工人", "人", "同学", "数", "堆", "筐", "箱", "袋",
        "桶", "书架", "管", "水管", "站", "港",
    };
    static const char *const numbers[] = { "一", "二", "三", "四", "五", "六", "七", "八", "九" };
    static const char *const numbered[] = { "班", "年级", "中", "小" };
    for (size_t i = 0; i < LENGTH(marks); i++)
        if (begins_with(t, n, marks[i])) {
            size_t k = strlen(marks[i]);
            if (in_list(t + k, n - k, kinds, LENGTH(kinds)))
                return 1;
        }
    for (size_t i = 0; i < LENGTH(numbers); i++)
        if (begins_with(t, n, numbers[i]) && in_list(t + 3, n - 3, numbered, LENGTH(numbered)))
            return 1;
    return n >= 6 && in_list(t, n, kinds, LENGTH(kinds));
}

int slot_is_who(const char *t, size_t n)
{
    static const char *const vehicles[] = {
        "汽车", "客车", "货车", "轿车", "卡车", "火车", "列车", "公共汽车", "小汽车", "轮船", "客轮", "货轮", "快艇", "飞机", "动车", "高铁", "摩托车",
        "自行车", "快车", "慢车", "大巴", "小车", "大车", "电动车", "出租车",
    };
    return in_list(t, n, vehicles, LENGTH(vehicles)) || slot_is_person(t, n) || is_body(t, n);
}

/* ---- names ---------------------------------------------------------------------------- */
/* Does the last character belong to a word that may be named, though it often says more by itself: 近视, 超市? */
static int word_goes_on(const char *t, size_t n)
{
    static const char *const words[] = { "近视", "近郊", "超市", "足球" };
    for (size_t i = 0; i < LENGTH(words); i++)
        if (strncmp(t + n - 3, words[i], strlen(words[i])) == 0)
            return 1;
    return 0;
}

/* Does the last character, a numeral, belong to the name: 三轮车, 第一组, 六年级? */
static int numeral_is_name(const char *t, size_t n)
{
    static const char *const names[] = {
        "三轮车", "三角", "四边形", "百合", "八宝粥", "三明治", "三文鱼", "五角星", "千纸鹤", "千瓦", "万年青", "零件", "零食", "零钱", "零售",
    };
    for (size_t i = 0; n == 3 && i < LENGTH(names); i++)
        if (strncmp(t, names[i], strlen(names[i])) == 0)
            return 1;
    static const char *const counted[] = { "班", "组", "小组", "队", "年级", "车间" };
    int at = n == 3 || (n == 6 && begins_with(t, n, "第"));
    for (size_t i = 0; at && i < LENGTH(counted); i++)
        if (strncmp(t + n, counted[i], strlen(counted[i])) == 0)
            return 1;
    return 0;
}

int slot_says_more(const char *t, size_t n)
{
    static const char *const han[] = {
        "不", "没", "未", "无", "约", "多", "少", "半", "又", "除", "原", "均", "左右", "后", "前", "倍", "反", "两", "再", "还", "各",
        "每", "共", "比", "是", "的", "了", "今", "年", "另", "其", "只", "仅", "都", "全", "并", "且", "或", "若", "如", "已", "将", "被",
        "把", "给", "从", "约", "至",
        "最", "更", "先", "曾", "应", "能", "可", "要", "需", "单独", "独自", "一起", "同时", "合作", "完成", "用",
        "几", "余", "来", "以上", "以下", "以内", "以外", "上下", "出头", "分之", "分点", "番", "折", "平方", "立方", "差", "几乎", "起初", "起先",
        "开始", "限", "偶尔", "有时", "经常", "常常", "往往", "总", "一般", "通常", "大概", "大约", "也许", "或许", "似乎", "好像", "据说", "听说",
        "打算", "准备", "计划", "希望", "想",
        "有", "由", "为", "和", "近", "逾", "超", "足", "与", "及", "之", "按", "在", "因", "但", "却", "才", "就", "也", "刚才", "刚刚",
        "假", "虽", "让", "请", "替", "帮",
        "零", "〇", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "百", "千", "万", "亿",
    };
    static const size_t numerals = 16;                /* the last of them */
    static const char *const en[] = {
        "not", "no", "half", "more", "less", "fewer", "about", "each", "every", "other", "others", "both", "all",
        "twice", "without", "except", "never", "approximately", "some", "any", "only", "least", "most", "former",
        "nearly", "almost", "exactly", "if", "unless", "than",
        "hundred", "thousand", "million", "billion", "dozen", "dozens", "percent", "thirds", "quarters", "squared",
        "cubed", "odd", "or", "plus", "minus", "roughly", "around", "perhaps", "maybe", "possibly", "probably",
        "hardly", "barely", "seldom", "rarely", "sometimes", "often", "usually", "always", "once", "initially",
    };
    for (size_t i = 0; i < LENGTH(han); i++)
        if (ends_with(t, n, han[i]))                  /* the word grows by its end */
            return i + numerals < LENGTH(han) ? !word_goes_on(t, n) : !numeral_is_name(t, n);
    for (size_t i = 0; i < LENGTH(en); i++)
        if (n == strlen(en[i]) && strncasecmp(t, en[i], n) == 0)
            return 1;
    return 0;
}
