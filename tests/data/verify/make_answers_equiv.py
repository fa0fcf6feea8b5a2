#!/usr/bin/env python3
"""Writes answers_equiv.jsonl: answers against references, by kinds of notation, each next to one that differs from it
in one element.  A row is (gold, equal answers, other answers, answers that must stay open)."""
import json, pathlib

ROWS = [
    # sets, points, intervals
    (r"\{0,1,2,3\}", [r"\{x\in\mathbb{Z}\mid 0\le x<4\}", r"\{x\mid 0\le x\le 3, x\in\mathbb{Z}\}", r"\{3,2,1,0\}"], [r"\{x\in\mathbb{Z}\mid 0<x<4\}", r"\{x\in\mathbb{Z}\mid 0\le x\le 4\}", r"\{x\in\mathbb{N}^*\mid x<4\}"], [r"\{x\in\mathbb{N}\mid x<4\}"]),
    (r"\{1,2,3\}", [r"\{x\in\mathbb{N}^*\mid x<4\}", r"\{x\in\mathbb{N}_+\mid x\le 3\}", r"A\cap B=\{1,2,3\}"], [r"\{x\in\mathbb{N}^*\mid x<3\}", r"(1,2,3)"], []),
    (r"A\cap B=\{2\}", [r"A\cap B=\{2\}", r"B\cap A=\{2\}", r"\{2\}"], [r"A\cap B=\{3\}", r"A\cup B=\{2\}"], []),
    (r"(5,-2)", [r"P(5,-2)", r"M(5,-2)", r"(5,\,-2)"], [r"P(5,2)", r"\{5,-2\}", r"(-2,5)", r"5"], []),
    (r"(2,7),(7,2)", [r"(7,2),(2,7)", r"x=2,y=7\text{ or }x=7,y=2"], [r"(2,7)", r"x=2,y=7"], []),
    (r"(-\infty,3)\cup(3,+\infty)", [r"x\neq 3"], [r"x=3", r"(-\infty,3)"], []),
    (r"[0,+\infty)", [r"\text{非负实数}", r"x\ge 0"], [r"\text{正实数}", r"x>0"], []),
    # matrices, systems
    (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", [r"\left(\begin{array}{cc}1&2\\3&4\end{array}\right)", r"\left[\begin{array}{cc}1&2\\3&4\end{array}\right]", r"\begin{pmatrix}1&3\\2&4\end{pmatrix}^{T}"], [r"\left(\begin{array}{cc}1&3\\2&4\end{array}\right)", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}^{T}"], []),
    (r"\begin{pmatrix}6\\-2\end{pmatrix}", [r"\begin{pmatrix}6&-2\end{pmatrix}^{\mathrm{T}}", r"(6,-2)^T", r"2\begin{pmatrix}3\\-1\end{pmatrix}"], [r"\begin{pmatrix}6&-2\end{pmatrix}", r"\begin{pmatrix}-2&6\end{pmatrix}^{T}"], []),
    (r"(2,-5)", [r"\left\{\begin{array}{l}x=2\\y=-5\end{array}\right.", r"\begin{cases}x=2\\y=-5\end{cases}"], [r"\left\{\begin{array}{l}x=-5\\y=2\end{array}\right."], []),
    # functions, curves, sequences
    (r"f'(x)=6x", [r"f'(x)=6x", r"6x"], [r"f(x)=6x", r"f''(x)=6x"], []),
    (r"f(x)=x^2-6x", [r"f(t)=t^2-6t", r"f(x)=x(x-6)"], [r"f(t)=t^2-6", r"g(x)=x^2-6x"], []),
    (r"a_n=5n-2", [r"a_n=5n-2\ (n\in\mathbb{N}^*)", r"a_n=5n-2,\ n\in\mathbb{N}_{+}", r"5n-2"], [r"a_n=5n+2\ (n\in\mathbb{N}^*)", r"a_n=5n"], []),
    (r"a_n=(-1)^n", [r"a_n=\cos n\pi", r"a_n=\cos(n\pi)"], [r"a_n=\sin n\pi", r"a_n=-\cos n\pi"], []),
    (r"f(x)=\begin{cases}x-1,&x\ge 1\\1-x,&x<1\end{cases}", [r"f(x)=|x-1|", r"f(x)=\begin{cases}1-x,&x<1\\x-1,&x\ge 1\end{cases}"], [r"f(x)=|x+1|", r"f(x)=x-1", r"f(x)=\begin{cases}x-1,&x<1\\1-x,&x\ge 1\end{cases}"], []),
    (r"a_n=\begin{cases}5,&n=1\\4n,&n\ge 2\end{cases}", [r"a_n=\begin{cases}4n,&n\ge 2\\5,&n=1\end{cases}"], [r"a_n=4n", r"a_n=\begin{cases}4,&n=1\\4n,&n\ge 2\end{cases}"], []),
    (r"\cos^2 x+C", [r"-\sin^2 x+C", r"\cos^2 x-3+C", r"C-\sin^2x"], [r"\sin^2 x+C", r"2\cos^2 x+C"], []),
    (r"\ln|x|+C", [r"\ln|x|+c", r"C+\ln|x|"], [r"2\ln|x|+C", r"-\ln|x|+C"], []),
    (r"y=4x-3", [r"8x-2y=6", r"4x-y-3=0"], [r"8x-2y=3", r"4x+y-3=0"], []),
    (r"41", [r"a^2+b^2=41", r"ab+bc=41"], [r"a^2+b^2=40"], [r"2x+y=41"]),
    (r"x=k\pi+\frac{\pi}{6},k\in\mathbb{Z}", [r"x=n\pi+\frac{\pi}{6},n\in\mathbb{Z}", r"x=\frac{\pi}{6}-k\pi\ (k\in\mathbb{Z})", r"x=k\pi-\frac{5\pi}{6},k\in Z"],
     [r"x=2k\pi+\frac{\pi}{6},k\in\mathbb{Z}", r"x=k\pi-\frac{\pi}{6},k\in\mathbb{Z}"], []),
    (r"f(x)=3x+2", [r"y=3x+2", r"f(t)=3t+2"], [r"y=3x-2"], []),
    (r"y'=6x^2", [r"\frac{dy}{dx}=6x^2"], [], [r"\frac{dy}{dx}=6x", r"y=6x^2"]),
    (r"(1,-4)", [r"\vec{a}=(1,-4)", r"\overrightarrow{AB}=(1,-4)"], [r"\overrightarrow{AB}=(-1,4)"], []),
    (r"\{-3,0,3\}", [r"\{0,\pm3\}"], [r"\{0,\pm2\}", r"\pm3"], []),
    # units
    (r"90\text{ km/h}", [r"90\ \mathrm{km}\cdot\mathrm{h}^{-1}", r"25\text{ m/s}", r"90千米/时"], [r"90\ \mathrm{m}\cdot\mathrm{h}^{-1}", r"90\ \mathrm{km}\cdot\mathrm{s}^{-1}"], []),
    (r"18^\circ\text{C}", ["18℃", r"18\,^{\circ}\mathrm{C}"], ["19℃", r"18\text{ m}"], [r"64.4^\circ\text{F}"]),
    (r"40.5^\circ", [r"40^\circ 30'", r"40度30分", r"\angle AOB=40.5^\circ"], [r"40^\circ 50'", r"40^\circ 5'"], []),
    (r"95\text{ min}", ["1小时35分钟", "1小时35分", r"1\text{ h }35\text{ min}"], ["1小时34分钟", "1小时35秒"], []),
    (r"3.5\text{ m}", ["3米50厘米", r"350\text{ cm}"], ["3米5厘米"], []),
    (r"7.5元", ["7元5角", "7元50分"], ["7元5分"], []),
    (r"3\text{ ha}", [r"30000\text{ m}^2", "3公顷"], [r"300\text{ m}^2"], []),
    (r"12\text{ N}", [r"12\text{ N}", r"12牛顿"], [r"12\text{ J}", r"12\text{ kN}"], []),
    (r"\frac{\pi}{4}", [r"\frac{\pi}{4}\text{ rad}", r"\frac{\pi}{4}弧度"], [r"\frac{\pi}{3}\text{ rad}"], []),
    (r"60^\circ", [r"\frac{\pi}{3}\text{ rad}", r"60\text{ degrees}"], [r"60\text{ rad}"], []),
    (r"30\text{ min}", ["半小时", r"0.5\text{ h}"], ["半天"], []),
    (r"4\text{ m/s}^2", [r"4\,\mathrm{m}\cdot\mathrm{s}^{-2}"], [r"4\text{ m/s}"], []),
    (r"15元", ["15块钱"], [r"\$15", r"15\text{ dollars}"], []),
    # numbers
    (r"3500000", [r"3.5\text{ million}", r"3\,500\,000", r"3.5\times10^6"], [r"35\text{ million}", r"3.5\text{ thousand}"], []),
    (r"4000", ["4千", r"4\text{ thousand}"], ["4百", "4千米"], []),
    (r"\frac{2}{3}", [r"\text{two thirds}", "two-thirds", "三分之二"], [r"\text{three halves}", "三分之一"], []),
    (r"-\frac{1}{4}", ["负四分之一", r"-0.25"], ["四分之一"], []),
    (r"84", [r"{9 \choose 3}", r"\binom{9}{6}"], [r"{9 \choose 2}"], []),
    (r"35\%", [r"35\text{ percent}", r"0.35"], [r"3.5\text{ percent}"], []),
    (r"1011_2", [r"11", r"11_{10}", r"1011_{2}"], ["1011", "1011_3"], []),
    (r"3A_{16}", ["58", r"111010_2"], ["310", r"3B_{16}"], []),
    (r"1", [r"i^{2024}", r"e^{2\pi i}"], [r"i^{2022}", r"i^{2023}"], []),
    (r"1+i", [r"\sqrt{2}e^{i\pi/4}"], [r"\sqrt{2}e^{-i\pi/4}"], []),
    (r"6300", [r"6.3\text{e}3"], [r"6.3\text{e}4"], []),
    # words, choices
    ("星期五", ["周五", r"\text{Friday}"], ["周四", r"\text{Monday}"], []),
    ("偶函数", [r"\text{even function}"], [r"\text{odd function}", "奇函数"], []),
    (r"\text{does not exist}", ["不存在", r"\text{DNE}"], ["0"], []),
    ("D", ["D. 12", r"\text{Option D}"], ["A. 12"], ["D. 12 or B. 7"]),
    ("AC", ["A and C"], ["A and B"], []),
    ("①④", ["④①", "①、④"], ["①", "①③", "①③④"], []),
    ("C", ["c", r"\text{(C)}"], ["D", "d"], []),
]
# whole responses
TEXTS = [
    ("B", "本题正确答案是选项 B，而非 C。", True), ("C", "本题正确答案是选项 B，而非 C。", False),
    ("D", "Option D is correct; options A, B and C are wrong.", True), ("A", "Option D is correct; options A, B and C are wrong.", False),
    ("B", "We can rule out A, C and D, leaving B.", True), ("A", "It isn't A but D.", False), ("D", "It isn't A but D.", True),
    ("A", "If A is correct then so is B.", None), ("8", "答案不是 6，而是 8。", True), ("6", "答案不是 6，而是 8。", False),
    ("9", "The answer is not 6 but 9.", True), ("6", "The answer is not 6.", None),
    ("4", "4 is the final answer.", True), ("4", "4 is not the final answer.", None), ("4", "\\boxed{4} Hope this helps!", True),
    ("4", "解：原式 $=4$", True), ("4", "We therefore find x to be 4.", True), ("4", "So 4 is the first value.", None),
    ("5", "由 2x-1=9，得 2x=10，故 x=5。", True), ("10", "由 2x-1=9，得 2x=10，故 x=5。", False),
]
FRAMES = ["It follows that the required value is \\({}\\).", "Thus we obtain $\\boxed{{{}}}$, and the solution is complete.", "综上，所求结果是 ${}$。",
          "因此本题的答案是 $\\boxed{{{}}}$，解答完毕。", "$$\\boxed{{{}}}$$", "**Answer:** ${}$"]


def main():
    cases = []
    for gold, same, other, opened in ROWS:
        for label, answers in ((True, same), (False, other), (None, opened)):
            for a in answers:
                frame = FRAMES[len(cases) % len(FRAMES)]
                cases.append((gold, frame.format(a), label))
    cases += TEXTS
    with open(pathlib.Path(__file__).with_name("answers_equiv.jsonl"), "w", encoding="utf-8") as f:
        for i, (gold, answer, equal) in enumerate(cases, 1):
            f.write(json.dumps({"id": f"ansequiv-{i}", "gold": gold, "answer": answer, "equal": equal}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
