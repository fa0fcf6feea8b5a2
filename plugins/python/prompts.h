/* What the model is asked.  A fresh conversation each time: the question and nothing else, so that the
 * program cannot repeat an answer.  Short, since the smallest model that is to follow it has 0.5B parameters. */
#ifndef PYTHON_PROMPTS_H
#define PYTHON_PROMPTS_H

#define PROMPT_SYSTEM_EN "You write short, correct Python programs that solve mathematics problems."
#define PROMPT_SYSTEM_ZH "你编写简短、正确的 Python 程序来解数学题。"

#define PROMPT_BEFORE_EN \
    "Write a Python program that computes and prints only the final answer of the problem below.\n" \
    "Compute it from the numbers of the problem; do not work it out yourself. Use exact arithmetic " \
    "(sympy or fractions.Fraction), no input(), and one print() at the end. " \
    "Reply with the program alone, in one ```python block.\n\nProblem: "
#define PROMPT_BEFORE_ZH \
    "请编写一个 Python 程序，计算并且只打印下面这道题的最终答案。\n" \
    "要由题目中的数据计算得出，不要自己算好答案。使用精确计算（sympy 或 fractions.Fraction），不要用 input()，" \
    "最后只用一个 print()。只回复程序，放在一个 ```python 代码块中。\n\n题目："

/* Not the model's: sympy prints what it was told to compute, (1 + sqrt(2))**2 - 2*sqrt(2) say, as it stands.  This reads such
 * a line and prints its numbers in their plainest form; whatever holds a letter stays. */
#define PLAIN_PROGRAM \
    "import sys\n" \
    "from sympy import *\n" \
    "def plain(e):\n" \
    "    if isinstance(e, dict):\n" \
    "        return {k: plain(v) for k, v in e.items()}\n" \
    "    if isinstance(e, (list, tuple, set, Tuple, FiniteSet)):\n" \
    "        parts = [plain(x) for x in e]\n" \
    "        return parts if isinstance(e, list) else set(parts) if isinstance(e, (set, FiniteSet)) else tuple(parts)\n" \
    "    if not isinstance(e, Expr) or e.free_symbols:\n" \
    "        return e\n" \
    "    return min((e, radsimp(expand(e)), simplify(e)), key=count_ops)\n" \
    "print(plain(sympify(sys.stdin.read())))\n"

#endif
