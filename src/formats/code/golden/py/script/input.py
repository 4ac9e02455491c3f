#!/usr/bin/env python3
"""Counts the words of a file.

Words are what str.split() gives: <b>nothing</b> of markup is known.
"""
import sys
from collections import Counter

LIMIT = 10  # how many are printed


class Words(Counter):
    @classmethod
    def of(cls, path: str) -> "Words":
        with open(path, encoding="utf-8") as lines:
            return cls(word for line in lines for word in line.split())


if __name__ == "__main__":
    for word, times in Words.of(sys.argv[1]).most_common(LIMIT):
        print(f"{times:6d} {word!r}", end="\n" if times > 1 else " ")
