#!/usr/bin/env python3
"""Writes answers.jsonl: how a response gives its answer, with and without a box, and what may stand around it; each
frame with the right and with a wrong answer.  A frame of DOUBTFUL makes another answer of it or takes it back: nothing
in it may be decided as if it were the answer."""
import json, pathlib

# kind, question, right, wrong; a response in the question's language
ASKED = {
    "en": [("root", "Solve $7x+4=39$.", "x=5", "x=6"),
           ("value", "Evaluate $\\frac{3}{4}+\\frac{5}{6}$.", "\\frac{19}{12}", "\\frac{4}{5}"),
           ("least", "What is the minimum value of $f(x)=x^2-10x+31$?", "6", "5")],
    "zh": [("root", "解方程 $7x+4=39$。", "x=5", "x=6"),
           ("value", "计算 $\\frac{3}{4}+\\frac{5}{6}$。", "\\frac{19}{12}", "\\frac{4}{5}"),
           ("least", "求函数 $f(x)=x^2-10x+31$ 的最小值。", "6", "5")],
}
FRAMES = {
    "en": ["Therefore, the answer is ${}$.", "So the final answer is ${}$.", "Hence we get ${}$.", "Thus ${}$.", "It follows that the required value is \\({}\\).",
           "We conclude that the result is ${}$.", "Thus we obtain $\\boxed{{{}}}$, and the solution is complete.", "Hence the answer is $\\boxed{{{}}}$, which completes the solution.",
           "The result is $\\boxed{{{}}}$, and we are done.", "So we arrive at $\\boxed{{{}}}$, as required.", "Consequently, we find\n$$\\boxed{{{}}}$$\nThis completes the calculation.",
           "Therefore:\n$${}$$", "In conclusion, the answer is \\({}\\).", "Accordingly, the result is ${}$, as desired.", "Finally, we have $\\boxed{{{}}}$, which is the required answer.",
           "**Answer:** ${}$", "To conclude, the answer is $\\boxed{{{}}}$, and that is what we were asked to find."],
    "zh": ["因此，答案是 ${}$。", "综上，答案为 ${}$。", "故所求结果为 ${}$。", "所以答案是 $\\boxed{{{}}}$，解答完毕。", "因此本题的答案是 $\\boxed{{{}}}$，本题得解。", "于是得到 $\\boxed{{{}}}$，计算完毕。",
           "综上所述，最终结果是 $\\boxed{{{}}}$。至此解答完成。", "由此可得 $\\boxed{{{}}}$，即为所求。", "答：${}$。", "**答案**：${}$", "解得\n$${}$$", "总之，答案为 $\\boxed{{{}}}$，解毕。"],
}
DOUBTFUL = {
    "en": ["So the answer is at least ${}$.", "Therefore the answer is not ${}$.", "Hence the result plus one is ${}$.", "Someone claims that the answer is ${}$.",
           "Thus the answer is approximately $\\boxed{{{}}}$, and the solution is not complete.", "So the answer might be ${}$.", "If we made no mistake, the answer is ${}$, but I am not sure.",
           "Thus we obtain $\\boxed{{{}}}$, and the solution is wrong.", "Therefore twice the answer is ${}$.", "So the answer is $\\boxed{{{}}}$ thousand, and we are done.",
           "Therefore the answer is ${}$ or $100$.", "So half of the result is ${}$.", "Hence the answer is less than ${}$, as required."],
    "zh": ["因此，答案不是 ${}$。", "综上，答案至少为 ${}$。", "所以答案的两倍是 ${}$。", "有人认为答案是 ${}$。", "故答案约为 ${}$。", "所以答案可能是 $\\boxed{{{}}}$，解答完毕。",
           "因此答案加一为 ${}$。", "答：${}$ 或 $100$。", "所以答案是 $\\boxed{{{}}}$，解答有误。"],
}
# question, response, verdict
SINGLE = [
    ("What is the minimum value of $f(x)=x^2-10x+31$?", "The minimum is $\\boxed{6}$, attained at $x=5$.", "verified"),
    ("What is the minimum value of $f(x)=x^2-10x+31$?", "The minimum is $\\boxed{5}$, attained at $x=6$.", "refuted"),
    ("What is the minimum value of $f(x)=x^2-10x+31$?", "So the minimum value is $6$, which occurs at $x=5$.", "verified"),
    ("What is the minimum value of $f(x)=x^2-10x+31$?", "The maximum is $\\boxed{6}$, attained at $x=5$.", "undecided"),
    ("What is the minimum value of $f(x)=x^2-10x+31$?", "The minimum is $\\boxed{6}$, attained nowhere.", "undecided"),
    ("求函数 $f(x)=x^2-10x+31$ 的最小值。", "所以最小值为 $\\boxed{6}$，此时 $x=5$。", "verified"),
    ("求函数 $f(x)=x^2-10x+31$ 的最小值。", "所以最小值为 $6$，当 $x=5$ 时取得。", "verified"),
    ("求函数 $f(x)=x^2-10x+31$ 的最小值。", "所以最大值为 $\\boxed{6}$，此时 $x=5$。", "undecided"),
    ("Find the roots of $x^2-11x+28=0$.", "Therefore, the roots are $x=4$ and $x=7$.", "verified"),
    ("Find the roots of $x^2-11x+28=0$.", "Therefore, the roots are $x=4$ and $x=-7$.", "refuted"),
    ("Find the roots of $x^2-11x+28=0$.", "Therefore, one root is $x=4$.", "undecided"),
    ("Find the roots of $x^2-11x+28=0$.", "Therefore, the roots are not $x=4$ and $x=7$.", "undecided"),
    ("解方程 $x^2-11x+28=0$。", "综上，方程的解为 $x=4$ 或 $x=7$。", "verified"),
    ("解方程 $x^2-11x+28=0$。", "综上，方程的解为 $x=4$ 或 $x=8$。", "refuted"),
    ("解方程：$\\frac{x}{x-2}=\\frac{2}{x-2}$。", "检验：$x=2$ 时分母为 $0$。综上，原方程无解。", "verified"),
    ("解方程：$\\frac{x}{x-2}=\\frac{6}{x-2}$。", "综上，原方程**无解**。", "refuted"),
    ("爸爸今年 38 岁，儿子今年 14 岁，多少年前爸爸的年龄是儿子的 4 倍？", "答：6 年前爸爸的年龄是儿子的 4 倍。", "verified"),
    ("爸爸今年 38 岁，儿子今年 14 岁，多少年前爸爸的年龄是儿子的 4 倍？", "答：4 年前爸爸的年龄是儿子的 4 倍。", "refuted"),
    ("爸爸今年 38 岁，儿子今年 14 岁，多少年前爸爸的年龄是儿子的 4 倍？", "答：6 年前爸爸的年龄是儿子的 3 倍。", "undecided"),
    ("爸爸今年 38 岁，儿子今年 14 岁，多少年前爸爸的年龄是儿子的 4 倍？", "答：6 年后爸爸的年龄是儿子的 4 倍。", "undecided"),
    ("一项工程，甲队单独做 12 天完成，乙队单独做 6 天完成。如果两队合作，几天可以完成？", "答：两队合作 4 天可以完成。", "verified"),
    ("一项工程，甲队单独做 12 天完成，乙队单独做 6 天完成。如果两队合作，几天可以完成？", "答：两队合作 9 天可以完成。", "refuted"),
    ("一项工程，甲队单独做 12 天完成，乙队单独做 6 天完成。如果两队合作，几天可以完成？", "答：两队合作 4 天不可以完成。", "undecided"),
    ("Suppose $b+\\dfrac1b=6$. What is $b^2+\\dfrac{1}{b^2}$?", "Therefore $b^2+\\frac1{b^2}=36-2=\\boxed{34}$.", "verified"),
    ("Suppose $b+\\dfrac1b=6$. What is $b^2+\\dfrac{1}{b^2}$?", "Therefore $b^3+\\frac1{b^3}=36-2=\\boxed{34}$.", "undecided"),
    ("Solve $9x-2=25$.", "$x=3$", "verified"), ("Solve $9x-2=25$.", "x = 4", "refuted"),
    ("Solve $9x-2=25$.", "Add 2 on both sides: $9x=27$.", "undecided"), ("Solve $9x-2=25$.", "So $9x=27$.", "undecided"),
    ("Solve $9x-2=25$.", "Therefore the negative of the answer is $3$.", "undecided"), ("Solve $9x-2=25$.", "So the opposite of the solution is $\\boxed{3}$.", "undecided"),
    ("Solve $9x-2=25$.", "### Answer\n$$x=3$$", "verified"), ("Solve $9x-2=25$.", "x=3 is the solution of the equation.", "verified"),
    ("Solve $9x-2=25$.", "x=3 is not the solution of the equation.", "undecided"), ("Solve $9x-2=25$.", "Thus, the equation has the unique solution $x=3$.", "verified"),
    ("What is the minimum value of $f(x)=x^2-10x+31$?", "The vertex is at $x=5$, so the minimum value is $f(5)=6$.", "verified"),
    ("What is the minimum value of $f(x)=x^2-10x+31$?", "So the minimum value is $g(5)=6$.", "undecided"),
    ("What is the minimum value of $f(x)=x^2-10x+31$?", "The minimum is attained at $x=5$.", "undecided"),
    ("What is the minimum value of $f(x)=x^2-10x+31$?", "The minimum value of $f$ is $6$, reached when $x=5$.", "verified"),
    ("What is $f(3)$ for $f(x)=x^2-10x+31$?", "So $f(5)=6$.", "undecided"),
    ("Find the roots of $x^2-11x+28=0$.", "The roots are 4 and 7.", "verified"), ("Find the roots of $x^2-11x+28=0$.", "$x=4$ or $x=7$", "verified"),
    ("解方程 $x^2-11x+28=0$。", "因此方程的两个根分别为 $4$ 和 $7$。", "verified"), ("解方程 $x^2-11x+28=0$。", "解：$(x-4)(x-7)=0$，∴ $x_1=4$，$x_2=7$.", "verified"),
    ("解方程 $x^2-11x+28=0$。", "因此方程的两个根之和为 $11$。", "undecided"),
    ("求 $\\lim_{x\\to 0}\\frac{\\sin x}{x}$ 的值。", "所以原极限 $=1$。", "verified"), ("求 $\\lim_{x\\to 0}\\frac{\\sin x}{x}$ 的值。", "原式 = 1", "verified"),
    ("求 $\\lim_{x\\to 0}\\frac{\\sin x}{x}$ 的值。", "原式 = 2", "refuted"),
    ("Evaluate $1+2+3+\\cdots+60$.", "So the sum is $30\\times61=\\boxed{1830}$.", "verified"),
    ("Evaluate $1+2+3+\\cdots+60$.", "So the product is $30\\times61=\\boxed{1830}$.", "undecided"),
]


def main():
    rows = []
    for lang, asked in ASKED.items():
        for kind, question, right, wrong in asked:
            for frame in FRAMES[lang]:
                rows += [(question, frame.format(right), "verified", kind, lang), (question, frame.format(wrong), "refuted", kind, lang)]
            rows += [(question, frame.format(right), "undecided", kind + " doubtful", lang) for frame in DOUBTFUL[lang]]
    rows += [(q, r, v, "single", "zh" if "\u4e00" <= max(q) else "en") for q, r, v in SINGLE]
    with open(pathlib.Path(__file__).with_name("answers.jsonl"), "w", encoding="utf-8") as f:
        for i, (q, r, v, kind, lang) in enumerate(rows, 1):
            f.write(json.dumps({"id": f"answer-{i}", "question": q, "response": r, "verdict": v, "kind": kind, "lang": lang}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
