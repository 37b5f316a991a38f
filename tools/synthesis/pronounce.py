#!/usr/bin/env python3
"""Pronounces words that a dictionary lacks, as espeak-ng says them: lines of CMUdict's form for 'dsn train speech --pronunciations'.

usage: pronounce.py DICTIONARY MANIFEST... > more.dict

DICTIONARY: CMUdict or one of its form, .gz too. MANIFEST: tab-separated files with a column text. Needs: espeak-ng (Debian package of this name).
"""
import csv
import gzip
import re
import subprocess
import sys
import tempfile

# espeak-ng's American English in the International Phonetic Alphabet to CMUdict's phones (ARPAbet).
PHONES = {
    "ɑː": "AA", "ɑ": "AA", "ɒ": "AA", "a": "AA", "æ": "AE", "ʌ": "AH", "ə": "AH", "ɐ": "AH", "ɔː": "AO", "ɔ": "AO", "oː": "AO", "aʊ": "AW", "aɪ": "AY",
    "ɛ": "EH", "e": "EH", "ɚ": "ER", "ɜː": "ER", "eɪ": "EY", "ɪ": "IH", "ᵻ": "IH", "i": "IY", "iː": "IY", "oʊ": "OW", "o": "OW", "ɔɪ": "OY", "ʊ": "UH", "uː": "UW", "u": "UW",
    "b": "B", "tʃ": "CH", "d": "D", "ð": "DH", "f": "F", "ɡ": "G", "h": "HH", "dʒ": "JH", "k": "K", "x": "K", "l": "L", "m": "M", "n": "N", "ŋ": "NG", "p": "P",
    "ɹ": "R", "r": "R", "s": "S", "ʃ": "SH", "t": "T", "ɾ": "T", "ʔ": "T", "θ": "TH", "v": "V", "w": "W", "j": "Y", "z": "Z", "ʒ": "ZH", "ɬ": "L", "ɲ": "N Y",
    "əl": "AH L", "n̩": "AH N", "aɪɚ": "AY ER", "aɪə": "AY AH", "iə": "IY AH", "ɛɹ": "EH R", "ɔːɹ": "AO R", "oːɹ": "AO R", "ɑːɹ": "AA R", "ʊɹ": "UH R", "ɪɹ": "IH R",
}


def words_of(dictionary):
    with (gzip.open if dictionary.endswith(".gz") else open)(dictionary, "rt", encoding="latin-1") as lines:
        return {line.split()[0].split("(")[0] for line in lines if line.strip()}


def missing_words(known, manifests):
    words = set()
    for manifest in manifests:
        with open(manifest, encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                words.update((row["text"] or "").split())
    return sorted(word for word in words - known if re.fullmatch(r"[a-z']+", word))


def spoken(words):
    """What espeak-ng makes of each word: the full stops keep them apart."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as text:
        text.write("".join(word + ".\n" for word in words))
        text.flush()
        command = ["espeak-ng", "-q", "-v", "en-us", "--ipa", "--sep=_", "-f", text.name]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    lines = [line for line in lines if line.strip()]
    if len(lines) != len(words):
        sys.exit(f"pronounce.py: espeak-ng gave {len(lines)} lines for {len(words)} words; this needs a version that ends a line at each full stop")
    return lines


def phones(line):
    found = []
    for symbol in re.split(r"[_ ]+", re.sub("[ˈˌ‖|\u200d]", "", line.strip())):
        if symbol:
            known = PHONES.get(symbol) or PHONES.get(symbol.replace("ː", ""))
            if known is None:
                return None
            found.append(known)
    return " ".join(found)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    words = missing_words(words_of(sys.argv[1]), sys.argv[2:])
    skipped = 0
    for word, line in zip(words, spoken(words) if words else []):
        said = phones(line)
        if said:
            print(word, said)
        else:
            skipped += 1
    print(f"{len(words) - skipped} words; {skipped} hold sounds that American English lacks and are left out", file=sys.stderr)


main()
