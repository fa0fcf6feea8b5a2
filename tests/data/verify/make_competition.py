#!/usr/bin/env python3
"""Writes competition.jsonl: 20 questions of competition level, each with its right answer and with a plausible wrong one."""
import json, pathlib

# (language, question, right, the wrong answer and how one gets there)
QUESTIONS = [
    ("en", "How many ordered pairs $(a,b)$ of positive integers satisfy $\\frac{1}{a}+\\frac{1}{b}=\\frac{1}{12}$?", "15", "8"),
    ("en", "How many positive integers $n\\le 1000$ are there for which $n^2+n+1$ is divisible by 7?", "286", "143"),
    ("en", "Real numbers $x$ and $y$ satisfy $x+y=3$ and $x^2+y^2=7$. Find $x^5+y^5$.", "123", "243"),
    ("zh", "求 $2^{100}+3^{100}$ 除以 25 的余数。", "2", "5"),
    ("zh", "集合 $\\{1,2,\\cdots,10\\}$ 有多少个子集不含两个相邻的整数？", "144", "143"),
    ("en", "Find the minimum value of $x+\\frac{4}{x^2}$ for $x>0$.", "3", "4"),
    ("en", "A triangle has sides 13, 14 and 15. Find the distance between its incenter and its circumcenter.", "\\frac{\\sqrt{65}}{8}", "\\frac{65}{8}"),
    ("en", "Find all integers $n$ such that $n^2+20n+11$ is a perfect square.", "35, -55", "35"),
    ("zh", "已知对任意 $x\\ne0$ 有 $f(x)+2f\\left(\\frac{1}{x}\\right)=3x$，求 $f(2)$。", "-1", "1"),
    ("en", "In how many ways can a $2\\times10$ board be tiled with dominoes?", "89", "55"),
    ("en", "Find the last three digits of $7^{999}$.", "143", "007"),
    ("zh", "反复掷一枚均匀的骰子，直到六个点数都出现过为止，求掷骰子次数的期望。", "\\frac{147}{10}", "36"),
    ("en", "Evaluate $\\sum_{k=1}^{\\infty}\\frac{k^2}{2^k}$.", "6", "4"),
    ("en", "How many zeros are there at the end of $2024!$ in decimal notation?", "503", "404"),
    ("zh", "解方程 $\\sqrt{x+3-4\\sqrt{x-1}}+\\sqrt{x+8-6\\sqrt{x-1}}=1$。", "5\\le x\\le10", "5, 10"),
    ("zh", "计算 $\\left(1-\\frac{1}{2^2}\\right)\\left(1-\\frac{1}{3^2}\\right)\\cdots\\left(1-\\frac{1}{2024^2}\\right)$。", "\\frac{2025}{4048}", "\\frac{1}{2}"),
    ("zh", "求 $\\cos20^\\circ\\cos40^\\circ\\cos80^\\circ$ 的值。", "\\frac{1}{8}", "\\frac{\\sqrt{3}}{8}"),
    ("en", "Let $r$, $s$ and $t$ be the roots of $x^3-3x+1=0$. Find $r^5+s^5+t^5$.", "-15", "15"),
    ("zh", "方程 $x+y+z=20$ 有多少组 $x,y,z$ 互不相同的正整数解？", "144", "171"),
    ("en", "Find the largest prime factor of $2^{16}-1$.", "257", "65535"),
]


def main():
    rows = []
    for lang, question, right, wrong in QUESTIONS:
        for answer, verdict in ((right, "verified"), (wrong, "refuted")):
            text = f"经过推导可得结论。\n\n所以答案是 $\\boxed{{{answer}}}$。" if lang == "zh" else f"Working through the cases gives the result.\n\nTherefore the answer is $\\boxed{{{answer}}}$."
            rows.append({"id": f"comp-{len(rows) + 1:03}", "question": question, "response": text, "verdict": verdict, "kind": "competition", "lang": lang})
    path = pathlib.Path(__file__).with_name("competition.jsonl")
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
