#!/usr/bin/env python3
"""Write sentences in which letters and numbers are spelled out, to build an n-gram model from.

Books hardly spell, so a language model of books finds each spelled letter unlikely and would rather leave it out.
Mixed into it with a small weight ('dsn language mix'), a model of these sentences takes over where letters have just been said.

    tools/language/spelled.py book.txt 30000 > spelled.txt

Half of the sentences spell a word that stands three times or more in the text (each counts once, however often it does), sometimes twice
the same letter as "double l"; the others are codes of random letters and digits, and numbers as people say them.
"""
import argparse
import collections
import random
import string

ONES = "oh one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def digit(draw):
    return "zero" if draw.random() < 0.05 else draw.choice(ONES)


def below_hundred(draw):
    number = draw.randrange(10, 100)
    if number < 20:
        return [TEENS[number - 10]]
    return [TENS[number // 10 - 2]] + ([ONES[number % 10]] if number % 10 else [])


def number(draw):
    kind = draw.random()
    if kind < 0.35:
        return [digit(draw) for _ in range(draw.randint(1, 7))]
    if kind < 0.6:
        return below_hundred(draw)
    if kind < 0.8:
        return [draw.choice(ONES[1:]), *below_hundred(draw)]
    if kind < 0.9:
        return [*below_hundred(draw), *below_hundred(draw)]
    return [draw.choice(ONES[1:]), "hundred", *(below_hundred(draw) if draw.random() < 0.5 else [])]


def spelled(word, draw):
    letters, doubled = [], draw.random() < 0.1
    for letter in word:
        if doubled and letters[-1:] == [letter] and letters[-2:-1] != ["double"]:
            letters[-1:] = ["double", letter]
        else:
            letters.append(letter)
    return letters


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("text", help="a text whose words are spelled: lower case, one sentence a line")
    parser.add_argument("sentences", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    draw = random.Random(arguments.seed)
    counts = collections.Counter()
    with open(arguments.text, encoding="utf-8") as text:
        for line in text:
            counts.update(line.split())
    words = sorted(word for word, count in counts.items() if count >= 3 and len(word) >= 3 and set(word) <= set(string.ascii_lowercase))
    if not words:
        parser.error(f"{arguments.text} has no word of three letters or more that stands in it three times")
    for _ in range(arguments.sentences):
        kind = draw.random()
        if kind < 0.5:
            sentence = spelled(draw.choice(words), draw)
        else:
            sentence = draw.choices(string.ascii_lowercase, k=draw.randint(1, 6)) if kind < 0.8 else []
            sentence += number(draw) if kind >= 0.8 or draw.random() < 0.7 else []
        print(" ".join(sentence))


if __name__ == "__main__":
    main()
