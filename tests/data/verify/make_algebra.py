#!/usr/bin/env python3
"""Writes algebra.jsonl: algebra, parameters, functions, sequences and numbers in the words of textbooks and exams.

Each row: kind, question, right answer, wrong answer (None: only one of the two).  A row of TWINS differs in one element
from a question above it: its answer is what a reader gives who overlooks that, and its verdict says what is right of it.
"""
import json, pathlib

EQUATIONS = [
    ("solve", "Find the exact solutions of $x^2-6x+2=0$.", r"x=3\pm\sqrt7", r"x=3\pm\sqrt{11}"),
    ("solve", "Find $x$: $7x-5=30$.", "x=5", "x=4"),
    ("solve", "The smaller root of $x^2-9x+14=0$ is what number?", "2", "7"),
    ("solve", "The sum of the roots of $2x^2-10x+3=0$ is what number?", "5", "-5"),
    ("solve", "判断方程 $x^2-2x-15=0$ 是否有实数根，若有，请求出。", "x=5 或 x=-3", "x=3 或 x=-5"),
    ("solve", "判断方程 $x^2+x+4=0$ 是否有实数根，若有，求出它的根。", r"\text{没有实数根}", "x=1 或 x=-2"),
    ("solve", "Does the equation $x^2+4x-12=0$ have real roots? If so, find them.", r"x=2,\ x=-6", r"x=-2,\ x=6"),
    ("solve", "用配方法解方程 $x^2+8x+7=0$。", "x_1=-1,\\ x_2=-7", "x_1=1,\\ x_2=7"),
    ("solve", "By completing the square, solve $x^2+2x-35=0$.", r"x=5,\ x=-7", r"x=-5,\ x=7"),
    ("parameter", "For which values of $p$ does the equation $x^2+px+16=0$ have exactly one real solution?", r"p=\pm8", "p=8"),
    ("parameter", "Find all values of $k$ for which $x^2+6x+k=0$ has two distinct real roots.", "k<9", r"k\le9"),
    ("parameter", "Find the values of $m$ such that the equation $2x^2-4x+m=0$ has no real roots.", "m>2", r"m\ge2"),
    ("parameter", "The quadratic equation $x^2-2x+c=0$ has equal roots. Find the value of $c$.", "c=1", "c=4"),
    ("parameter", "If the equation $kx^2+4x+1=0$ has two distinct real solutions, find the range of values of $k$.", r"k<4,\ k\ne0", "k<4"),
    ("parameter", "What values of $a$ does the equation $ax^2-6x+9=0$ have exactly one real root?", r"a=0 \text{ or } a=1", "a=1"),
    ("parameter", "若关于 $x$ 的方程 $x^2-6x+n=0$ 有两个不相等的实数根，求 $n$ 的取值范围。", "n<9", r"n\le9"),
    ("parameter", "已知关于 $x$ 的一元二次方程 $x^2+2x-k=0$ 有实数根，则 $k$ 的取值范围是", r"k\ge-1", "k>-1"),
    ("parameter", "若一元二次方程 $(k-1)x^2+2x-1=0$ 有两个不相等的实数根，求 $k$ 的取值范围。", r"k>0 \text{ 且 } k\ne1", "k>0"),
    ("parameter", "当 $m$ 为何值时，方程 $x^2+mx+25=0$ 有两个相等的实数根？", r"m=\pm10", "m=10"),
    ("parameter", "若关于 $x$ 的方程 $x^2-3x+a=0$ 没有实数根，求 $a$ 的取值范围。", r"a>\frac94", r"a<\frac94"),
    ("parameter", "关于 $x$ 的一元二次方程 $x^2-4x+k=0$ 有两个不相等的实数根，求 $k$ 的最大整数值。", "3", "4"),
    ("parameter", "抛物线 $y=x^2-2x+m$ 与 $x$ 轴有两个交点，求 $m$ 的取值范围。", "m<1", "m>1"),
    ("parameter", "For what value of $c$ does the parabola $y=x^2-8x+c$ touch the $x$-axis?", "c=16", "c=8"),
    ("parameter", "若 $x^2+kx+49$ 是完全平方式，则 $k=$", r"\pm14", "14"),
    ("parameter", "若 $9x^2+mxy+16y^2$ 是一个完全平方式，求 $m$ 的值。", r"m=\pm24", "m=24"),
    ("parameter", "Find all values of $b$ for which $x^2+bx+36$ is a perfect square trinomial.", r"b=\pm12", "b=12"),
    ("parameter", "若不等式 $x^2+ax+4>0$ 对一切实数 $x$ 恒成立，求 $a$ 的取值范围。", "-4<a<4", r"-4\le a\le4"),
    ("parameter", "Find all values of $k$ for which $x^2+2x+k>0$ for all real $x$.", "k>1", r"k\ge1"),
    ("given roots", "已知一元二次方程 $x^2+mx+n=0$ 的两根为 $2$ 和 $-5$，求 $m+n$ 的值。", "-7", "-13"),
    ("given roots", "若方程 $x^2+px+q=0$ 的两个根分别是 $3$、$4$，求 $p$ 的值。", "-7", "7"),
    ("given roots", "The equation $x^2+bx+c=0$ has roots $-2$ and $7$. Find $b-c$.", "9", "19"),
    ("given roots", "The roots of $x^2+ax+b=0$ are $1$ and $6$. Find $a+b$.", "-1", "13"),
]
EXPRESSIONS = [
    ("expand", "Multiply out and simplify $(2x+3)(x-4)$.", "2x^2-5x-12", "2x^2+11x-12"),
    ("expand", "Expand the brackets and simplify: $(a+5)(a-2)$.", "a^2+3a-10", "a^2-3a-10"),
    ("expand", "Expand and simplify $(3x-1)^2$.", "9x^2-6x+1", "9x^2+1"),
    ("expand", "Remove the brackets and collect like terms: $3(x+2)-2(x-5)$.", "x+16", "x-4"),
    ("expand", "利用平方差公式计算 $(5x+2y)(5x-2y)$。", "25x^2-4y^2", "5x^2-2y^2"),
    ("expand", "运用完全平方公式计算：$(x+7)^2$。", "x^2+14x+49", "x^2+49"),
    ("expand", "Find the product of $x+3$ and $x-8$.", "x^2-5x-24", "x^2-24"),
    ("expand", "Subtract $2x-5$ from $7x+1$.", "5x+6", "5x-4"),
    ("rationalise", r"Rationalize the denominator of $\frac{4}{\sqrt7-\sqrt3}$ and simplify.", r"\sqrt7+\sqrt3", r"\sqrt7-\sqrt3"),
    ("rationalise", r"将 $\frac{2}{\sqrt5+\sqrt3}$ 分母有理化。", r"\sqrt5-\sqrt3", r"\sqrt5+\sqrt3"),
    ("rationalise", r"Rationalise the denominator: $\frac{9}{\sqrt3}$.", r"3\sqrt3", r"9\sqrt3"),
]
FUNCTIONS = [
    ("composition", "设 $f(x)=3x+2$，$g(x)=x^2$，求 $f(g(x))$ 的表达式。", "3x^2+2", "(3x+2)^2"),
    ("composition", "Let $f(x)=x^2+1$ and $g(x)=2x-3$. Find a formula for $f(g(x))$.", "4x^2-12x+10", "2x^2-1"),
    ("shift", "If $f(x-2)=x^2-3x+1$, find a formula for $f(x)$.", "x^2+x-1", "x^2-7x+11"),
    ("shift", "已知函数 $f(3x)=9x^2-6x+2$，求函数 $f(x)$ 的解析式。", "f(x)=x^2-2x+2", "f(x)=3x^2-6x+2"),
    ("shift", "已知 $f(x+1)=x^2+4x$，求 $f(x)$ 的表达式。", "f(x)=x^2+2x-3", "f(x)=x^2+6x+5"),
    ("range", "Find the range of the function $f(x)=x^2-8x+19$ over the real numbers.", r"[3,\infty)", r"[-3,\infty)"),
    ("range", "求函数 $y=-x^2+2x+5$ 的值域。", r"(-\infty,6]", r"(-\infty,5]"),
    ("range", r"求函数 $y=3\sin x-4\cos x$ 的值域。", "[-5,5]", "[-7,7]"),
    ("extremum", r"求函数 $f(x)=\sin x+\sqrt3\cos x$ 的最大值。", "2", r"1+\sqrt3"),
    ("extremum", r"求函数 $y=5\sin x-12\cos x$ 的最小值。", "-13", "-17"),
    ("extremum", r"Find the maximum value of $f(x)=8\sin x+6\cos x$.", "10", "14"),
    ("extremum", r"What is the minimum value of $2\cos^2x-3$?", "-3", "-5"),
    ("period", r"函数 $y=\cos^2x$ 的最小正周期是多少？", r"\pi", r"2\pi"),
    ("period", r"求函数 $f(x)=\sin^2 2x$ 的最小正周期。", r"\frac{\pi}{2}", r"\pi"),
    ("period", r"求函数 $y=\sin x\cos x$ 的最小正周期。", r"\pi", r"2\pi"),
    ("period", r"Find the period of $f(x)=\sin 2x+\cos 3x$.", r"2\pi", r"\pi"),
    ("line", "一次函数的图象经过点 $(0,-2)$ 和 $(3,4)$，求这个一次函数的解析式。", "y=2x-2", "y=-2x-2"),
    ("line", "一条直线经过点 $(1,5)$ 和 $(2,3)$，求这条直线的解析式。", "y=-2x+7", "y=2x+3"),
    ("line", "正比例函数的图象经过点 $(2,-6)$，求这个函数的解析式。", "y=-3x", "y=3x"),
    ("line", "反比例函数的图象经过点 $(4,-2)$，求这个反比例函数的解析式。", r"y=-\frac{8}{x}", r"y=\frac{8}{x}"),
    ("line", "A line passes through $(1,2)$ and $(3,8)$. Find its equation.", "y=3x-1", "y=3x+1"),
    ("line", "二次函数的图象经过点 $(0,3)$、$(1,0)$ 和 $(2,-1)$，求这个二次函数的解析式。", "y=x^2-4x+3", "y=x^2+4x+3"),
]
SEQUENCES = [
    ("recurrence", r"数列 $\{a_n\}$ 中，$a_1=2$，$a_{n+1}=a_n+4n$（$n\in\mathbf{N}^*$），求 $a_n$ 的通项公式。", "a_n=2n^2-2n+2", "a_n=2n^2+2n+2"),
    ("recurrence", r"已知数列 $\{a_n\}$ 满足 $a_1=3$，$a_{n+1}-a_n=2^n$，求数列 $\{a_n\}$ 的通项公式。", "a_n=2^n+1", "a_n=2^n-1"),
    ("recurrence", "Let $a_1=4$ and $a_{n+1}=3a_n-2$. Write $a_n$ in terms of $n$.", r"a_n=3^n+1", r"a_n=3^{n-1}+1"),
    ("recurrence", r"已知数列 $\{a_n\}$ 满足 $a_1=2$，$\dfrac{a_{n+1}}{a_n}=\dfrac{n+1}{n}$，求 $a_n$。", "a_n=2n", "a_n=n+1"),
    ("recurrence", r"已知数列 $\{a_n\}$ 满足 $a_1=1$，$na_{n+1}=(n+1)a_n$，求 $a_n$ 的通项公式。", "a_n=n", "a_n=n^2"),
    ("recurrence", r"已知数列 $\{a_n\}$ 满足 $a_1=1$，$\frac{1}{a_{n+1}}-\frac{1}{a_n}=3$，求 $a_n$。", r"a_n=\frac{1}{3n-2}", r"a_n=3n-2"),
    ("recurrence", r"A sequence is defined by $a_1=2$ and $a_{n+1}=a_n+3n$. Find $a_5$.", "32", "47"),
    ("from sums", r"For a sequence $\{a_n\}$ the partial sums are $S_n=2n^2+n$. Determine the general term.", "a_n=4n-1", "a_n=4n+1"),
    ("from sums", "The sum of the first $n$ terms of a sequence is given by $S_n=n^2+3n-2$. What is the eighth term?", "18", "86"),
    ("from sums", r"设数列 $\{a_n\}$ 的前 $n$ 项和为 $S_n=n^2+5n$，求 $a_7$。", "18", "84"),
    ("from sums", r"已知 $S_n$ 为数列 $\{a_n\}$ 的前 $n$ 项和，且 $S_n=2a_n-3$，求数列 $\{a_n\}$ 的通项公式。", r"a_n=3\cdot2^{n-1}", r"a_n=2^n"),
    ("from sums", r"设数列 $\{a_n\}$ 的前 $n$ 项和为 $S_n$，且 $2S_n=3a_n-3$，求 $a_n$。", "a_n=3^n", "a_n=3^{n-1}"),
    ("from sums", r"Let $S_n$ denote the sum of the first $n$ terms of the sequence $\{a_n\}$, and $S_n=3n^2-n$. Find $a_{10}$.", "56", "290"),
    ("which term", "等差数列 $4, 7, 10, \\cdots$ 中，$100$ 是第几项？", "33", "32"),
    ("which term", "Which term of the arithmetic sequence $5, 9, 13, \\ldots$ is $77$?", "19", "18"),
    ("which term", r"在等差数列 $\{a_n\}$ 中，$a_1=3$，公差 $d=4$，$a_n=59$，求 $n$。", "15", "14"),
    ("which term", "等比数列 $2, 6, 18, \\cdots$ 中，$486$ 是第几项？", "6", "5"),
    ("which term", r"等差数列 $\{a_n\}$ 中，$a_1=1$，$d=2$，$S_n=144$，求 $n$ 的值。", "12", "72"),
    ("endless", "求无穷等比数列 $8, 4, 2, \\cdots$ 的各项和。", "16", "14"),
    ("endless", r"Find the sum of the infinite geometric series $6+2+\frac23+\cdots$.", "9", "8"),
    ("endless", r"An infinite geometric series has first term $10$ and common ratio $\frac35$. Find its sum.", "25", "16"),
    ("endless", r"Find the sum to infinity of the geometric series $12-6+3-\cdots$.", "8", "24"),
    ("endless", r"求首项为 $9$，公比为 $-\frac12$ 的无穷等比数列的各项和。", "6", "18"),
    ("Fibonacci", r"斐波那契数列满足 $F_1=1$，$F_2=1$，$F_n=F_{n-1}+F_{n-2}$（$n\ge3$），求 $F_{10}$。", "55", "34"),
    ("Fibonacci", r"The Fibonacci sequence is defined by $F_1=F_2=1$ and $F_{n+2}=F_{n+1}+F_n$. Find $F_9$.", "34", "55"),
    ("Fibonacci", "斐波那契数列 $1, 1, 2, 3, 5, \\cdots$ 的第 $11$ 项是多少？", "89", "55"),
    ("telescoping", r"计算：$\dfrac{1}{1\times2}+\dfrac{1}{2\times3}+\cdots+\dfrac{1}{2029\times2030}$。", r"\frac{2029}{2030}", r"\frac{2028}{2029}"),
    ("telescoping", r"Evaluate $\frac{1}{1\cdot3}+\frac{1}{3\cdot5}+\cdots+\frac{1}{97\cdot99}$.", r"\frac{49}{99}", r"\frac{98}{99}"),
]
NUMBERS = [
    ("gcd and lcm", "求 $48$ 与 $180$ 的最大公约数和最小公倍数。", r"12,\ 720", r"12,\ 360"),
    ("gcd and lcm", "Find the GCF and LCM of $18$ and $24$.", r"6,\ 72", r"6,\ 144"),
    ("gcd", r"Use the Euclidean algorithm to find $\gcd(198, 84)$.", "6", "12"),
    ("gcd", "用辗转相除法求 $253$ 和 $161$ 的最大公约数。", "23", "7"),
    ("lcm", "What is the smallest positive integer divisible by both $18$ and $42$?", "126", "756"),
    ("lcm", "能同时被 $12$ 和 $30$ 整除的最小正整数是多少？", "60", "360"),
    ("modulo", r"Compute $3^{200} \bmod 7$.", "2", "3"),
    ("modulo", r"Using Fermat's little theorem, find $2^{100} \bmod 11$.", "1", "2"),
    ("base", "What is the decimal value of the hexadecimal number $3A_{16}$?", "58", "310"),
    ("base", "Convert the binary number $110101$ to decimal.", "53", "54"),
    ("base", "把二进制数 $10111_{(2)}$ 化为十进制数。", "23", "46"),
    ("complex", "Simplify $i^{2031}$.", "-i", "i"),
    ("complex", r"设 $i$ 为虚数单位，则复数 $\dfrac{4}{1-i}=$", "2+2i", "2-2i"),
    ("matrix", r"Compute the product $\begin{pmatrix}2&1\\0&1\end{pmatrix}\begin{pmatrix}1&3\\4&2\end{pmatrix}$.", r"\begin{pmatrix}6&8\\4&2\end{pmatrix}", r"\begin{pmatrix}2&3\\0&2\end{pmatrix}"),
    ("matrix", r"已知矩阵 $A=\begin{pmatrix}1&2\\3&4\end{pmatrix}$，$B=\begin{pmatrix}0&1\\1&0\end{pmatrix}$，求 $AB$。", r"\begin{pmatrix}2&1\\4&3\end{pmatrix}", r"\begin{pmatrix}3&4\\1&2\end{pmatrix}"),
    ("matrix", r"Given $A=\begin{pmatrix}1&1\\0&1\end{pmatrix}$, find $A^3$.", r"\begin{pmatrix}1&3\\0&1\end{pmatrix}", r"\begin{pmatrix}1&1\\0&1\end{pmatrix}"),
    ("fraction", r"Add $2\frac{1}{4}$ and $1\frac{2}{3}$.", r"3\frac{11}{12}", r"3\frac{3}{7}"),
    ("fraction", r"Subtract $\frac{2}{5}$ from $\frac{3}{4}$.", r"\frac{7}{20}", r"-\frac{7}{20}"),
    ("fraction", r"Work out $\frac34-\frac13+\frac16$ and give your answer in lowest terms.", r"\frac{7}{12}", r"\frac{2}{7}"),
    ("fraction", r"计算 $\frac56+\frac14$，并将结果化为最简分数。", r"\frac{13}{12}", r"\frac{6}{10}"),
    ("arithmetic", r"用简便方法计算：$101\times46-46$。", "4600", "4646"),
    ("arithmetic", r"简便计算：$25\times44+25\times56$。", "2500", "2400"),
    ("arithmetic", r"Using the order of operations, compute $20-12\div3\times2+1$.", "13", "19"),
    ("arithmetic", "求 $17$ 与 $25$ 的积。", "425", "42"),
]
# question, answer, verdict: one element changed
TWINS = [
    ("For which values of $p$ does the equation $x^2+px+16=0$ have no real solution?", r"p>8 \text{ or } p<-8", "refuted"),
    ("For which values of $p$ does the equation $x^2+px+16=0$ have exactly one positive solution?", r"p=\pm8", "undecided"),
    ("For which integer values of $k$ does $x^2+6x+k=0$ have two distinct real roots?", "k<9", "undecided"),
    ("Find all positive values of $k$ for which $x^2+6x+k=0$ has two distinct real roots.", "k<9", "undecided"),
    ("Find all values of $k$ for which $x^2+6x+k=0$ has two distinct positive roots.", "k<9", "undecided"),
    ("Find all values of $k$ for which $x^2+6x+k=0$ has at least one real root.", "k<9", "refuted"),
    ("若关于 $x$ 的方程 $x^2-6x+n=0$ 有两个不相等的正实数根，求 $n$ 的取值范围。", "n<9", "undecided"),
    ("若关于 $x$ 的方程 $x^2-6x+n=0$ 有两个实数根，求 $n$ 的取值范围。", "n<9", "refuted"),
    ("若关于 $x$ 的方程 $x^2-6x+n=0$ 有两个不相等的整数根，求 $n$ 的取值范围。", "n<9", "undecided"),
    ("若关于 $x$ 的方程 $x^2-6x+n=0$ 至多有一个实数根，求 $n$ 的取值范围。", "n>9", "undecided"),
    ("若关于 $y$ 的方程 $x^2-6x+n=0$ 有两个不相等的实数根，求 $n$ 的取值范围。", "n<9", "undecided"),
    ("若关于 $x$ 的方程 $(k-1)x^2+2x-1=0$ 有实数根，求 $k$ 的取值范围。", r"k\ge0 \text{ 且 } k\ne1", "refuted"),
    ("已知 $n>0$，若关于 $x$ 的方程 $x^2-6x+n=0$ 有两个不相等的实数根，求 $n$ 的取值范围。", "n<9", "undecided"),
    ("抛物线 $y=x^2-2x+m$ 与 $y$ 轴有两个交点，求 $m$ 的取值范围。", "m<1", "undecided"),
    ("抛物线 $y=x^2-2x+m$ 与 $x$ 轴的正半轴有两个交点，求 $m$ 的取值范围。", "m<1", "undecided"),
    ("若 $x^2+kx+49$ 不是完全平方式，则 $k=$", r"\pm14", "undecided"),
    ("若不等式 $x^2+ax+4>0$ 对一切正数 $x$ 恒成立，求 $a$ 的取值范围。", "-4<a<4", "undecided"),
    ("若不等式 $x^2+ax+4>0$ 有实数解，求 $a$ 的取值范围。", "-4<a<4", "undecided"),
    ("Find all values of $k$ for which $x^2+2x+k>0$ for some real $x$.", "k>1", "undecided"),
    ("已知一元二次方程 $x^2+mx+n=0$ 的一个根为 $2$，求 $m+n$ 的值。", "-7", "undecided"),
    ("已知一元二次方程 $x^2+mx+n=0$ 的两根之和为 $2$，求 $m+n$ 的值。", "-7", "undecided"),
    ("The equation $x^2+bx+c=0$ has roots $-2$ and $7$. Find $bc$.", "9", "refuted"),
    ("The difference of the roots of $2x^2-10x+3=0$ is what number?", "5", "undecided"),
    ("Multiply out and factor $(2x+3)(x-4)$.", "2x^2-5x-12", "undecided"),
    ("Subtract $7x+1$ from $2x-5$.", "5x+6", "refuted"),
    ("Find the difference of $3$ and $8$.", "5", "undecided"),
    ("Divide $84$ by $5$.", "16", "undecided"),
    ("设 $f(x)=3x+2$，$g(x)=x^2$，求 $g(f(x))$ 的表达式。", "3x^2+2", "refuted"),
    ("Find the range of the function $f(x)=x^2-8x+19$ over the integers.", r"[3,\infty)", "undecided"),
    (r"求函数 $f(x)=\sin x+\sqrt3\cos x$ 在 $[0,\frac{\pi}{6}]$ 上的最大值。", "4", "undecided"),
    (r"求函数 $f(x)=\sin x+\sqrt3\cos x$ 的最小值。", "2", "refuted"),
    (r"求函数 $f(x)=\sin x+\cos 2x$ 的最大值。", "2", "undecided"),
    (r"求函数 $f(x)=\sin x+\sqrt3\cos x$ 取得最大值时 $x$ 的值。", "2", "undecided"),
    (r"求函数 $y=|\sin x|+\cos x$ 的最小正周期。", r"\pi", "undecided"),
    ("一次函数的图象经过点 $(0,-2)$，求这个一次函数的解析式。", "y=2x-2", "undecided"),
    ("一次函数的图象不经过点 $(0,-2)$ 和 $(3,4)$，求这个一次函数的解析式。", "y=2x-2", "undecided"),
    ("二次函数的图象经过点 $(0,-2)$ 和 $(3,4)$，求这个二次函数的解析式。", "y=2x-2", "undecided"),
    (r"数列 $\{a_n\}$ 中，$a_1=2$，$a_{n+1}=a_n+4n$（$n\ge3$），求 $a_n$ 的通项公式。", "a_n=2n^2-2n+2", "undecided"),
    (r"数列 $\{a_n\}$ 中，$a_2=2$，$a_{n+1}=a_n+4n$，求 $a_n$ 的通项公式。", "a_n=2n^2-2n+2", "undecided"),
    (r"数列 $\{a_n\}$ 中，$a_1=2$，$a_{n+1}=b_n+4n$，求 $a_n$ 的通项公式。", "a_n=2n^2-2n+2", "undecided"),
    (r"已知数列 $\{a_n\}$ 满足 $a_1=1$，$(n-3)a_{n+1}=(n-2)a_n$，求 $a_n$。", r"a_n=\frac{4-n}{3}", "undecided"),
    (r"已知数列 $\{a_n\}$ 满足 $a_1=1$，$(a_n-4)a_{n+1}=(a_n-4)(a_n+1)$，求 $a_n$。", "a_n=n", "undecided"),
    (r"已知数列 $\{a_n\}$ 满足 $a_1=1$，$a_{n+1}^2=4a_n^2$，求 $a_n$。", "a_n=2^{n-1}", "undecided"),
    (r"已知 $S_n$ 为数列 $\{a_n\}$ 的前 $n$ 项积，且 $S_n=2a_n-3$，求数列 $\{a_n\}$ 的通项公式。", r"a_n=3\cdot2^{n-1}", "undecided"),
    (r"已知 $S_n$ 为数列 $\{a_n\}$ 的前 $n$ 项和，且 $S_n=2a_n-3$，求数列 $\{b_n\}$ 的通项公式。", r"a_n=3\cdot2^{n-1}", "undecided"),
    ("The product of the first $n$ terms of a sequence is given by $S_n=n^2+3n-2$. What is the eighth term?", "18", "undecided"),
    ("等差数列 $4, 7, 10, \\cdots$ 中，$101$ 是第几项？", "33", "undecided"),
    ("等差数列 $4, 7, 10, \\cdots$ 中，大于 $100$ 的是第几项？", "33", "undecided"),
    ("等差数列 $2, 6, 18, \\cdots$ 中，$486$ 是第几项？", "6", "undecided"),
    ("求无穷等比数列 $2, 4, 8, \\cdots$ 的各项和。", "-2", "undecided"),
    ("求等比数列 $8, 4, 2, \\cdots, \\frac18$ 的各项和。", "16", "undecided"),
    ("求无穷等比数列 $8, 4, 2, \\cdots$ 的各项平方和。", "16", "undecided"),
    ("求无穷等差数列 $8, 4, 2, \\cdots$ 的各项和。", "16", "undecided"),
    ("A geometric sequence has first term $10$ and common ratio $\\frac35$. Find the sum of the terms after the first.", "25", "undecided"),
    (r"斐波那契数列满足 $F_1=1$，$F_2=1$，$F_n=F_{n-1}+F_{n-2}$（$n\ge4$），求 $F_{10}$。", "55", "undecided"),
    (r"斐波那契数列 $1, 2, 4, 8, \cdots$ 的第 $11$ 项是多少？", "89", "undecided"),
    (r"计算：$\dfrac{1}{1\times2}+\dfrac{1}{2\times4}+\cdots+\dfrac{1}{2029\times2030}$。", r"\frac{2029}{2030}", "undecided"),
    ("求 $48$ 与 $180$ 的最小公倍数和最大公约数。", r"720,\ 12", "verified"),
    ("求 $48$ 与 $180$ 的最大公约数和最小公倍数的和。", r"12,\ 720", "undecided"),
    ("What is the smallest positive integer not divisible by both $18$ and $42$?", "126", "undecided"),
    ("What is the second smallest positive integer divisible by both $18$ and $42$?", "126", "undecided"),
    ("What is the smallest positive integer divisible by $18$ or $42$?", "126", "undecided"),
    (r"Compute $3^{200} \bmod 7^2$.", "2", "undecided"),
    ("Convert the octal number $110101$ to decimal.", "53", "refuted"),
    ("Convert the binary number $110121$ to decimal.", "53", "undecided"),
    ("Convert the decimal number $53$ to binary.", "53", "undecided"),
    (r"Compute the product $\begin{pmatrix}1&3\\4&2\end{pmatrix}\begin{pmatrix}2&1\\0&1\end{pmatrix}$.", r"\begin{pmatrix}6&8\\4&2\end{pmatrix}", "refuted"),
    (r"已知矩阵 $A=\begin{pmatrix}1&2\\3&4\end{pmatrix}$，$B=\begin{pmatrix}0&1\\1&0\end{pmatrix}$，求 $BA$。", r"\begin{pmatrix}2&1\\4&3\end{pmatrix}", "refuted"),
    (r"Given $A=\begin{pmatrix}1&1\\0&1\end{pmatrix}$, find $B^3$.", r"\begin{pmatrix}1&3\\0&1\end{pmatrix}", "undecided"),
    (r"用估算的方法计算：$101\times46-46$。", "4600", "undecided"),
]


def chinese(text):
    return any("\u4e00" <= ch <= "\u9fff" for ch in text)


def rows():
    for kind, question, right, wrong in EQUATIONS + EXPRESSIONS + FUNCTIONS + SEQUENCES + NUMBERS:
        for answer, verdict in (right, "verified"), (wrong, "refuted"):
            if answer is not None:
                yield kind, question, answer, verdict
    for question, answer, verdict in TWINS:
        yield "twin", question, answer, verdict


def main():
    out = pathlib.Path(__file__).with_name("algebra.jsonl")
    with out.open("w", encoding="utf-8") as f:
        for i, (kind, question, answer, verdict) in enumerate(rows(), 1):
            zh = chinese(question)
            response = f"所以答案是 $\\boxed{{{answer}}}$。" if zh else f"So the answer is $\\boxed{{{answer}}}$."
            f.write(json.dumps({"id": f"algebra-{i:03}", "question": question, "response": response, "verdict": verdict, "kind": kind,
                                "lang": "zh" if zh else "en"}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
