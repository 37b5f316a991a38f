#!/usr/bin/env python3
"""Speaks texts with free synthesisers (espeak-ng, flite) through sox: the clips of audio-samples/, and synthetic commands to train on.

usage: speak.py samples OUT            writes the committed clips and their manifest.tsv
       speak.py commands OUT COUNT     writes COUNT clips of digits, command words and coffee orders and their manifest.tsv
       speak.py digits OUT COUNT       writes COUNT clips of one digit each and their manifest.tsv
       speak.py accents OUT COUNT      the same in the voices of other languages, spelled as these would say them (accents.py)
       speak.py high OUT COUNT         the same in the high voices of women and children, every second one of another language
       speak.py sentences OUT COUNT --texts FILE...   writes COUNT clips of sentences (lines of a to z, apostrophes and single spaces), as many of each file
       options: --seed N (default 1)

The voices and texts of the samples are never used for training clips. Needs: espeak-ng, flite, sox (Debian packages of these names).
"""
import argparse
import concurrent.futures
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import accents
from accents import DIGITS

SENTENCE = re.compile(r"[a-z][a-z']+( [a-z][a-z']*){3,13}")
WORDS = "bed cat happy up down left right go".split()
WAKE = ["alexa", "computer", "jarvis", "smart mirror", "snowboy", "view glass"]
CARRIERS = ["i'd like", "i want", "get me", "give me", "make me", "brew", "can i get", "can i have", "may i have"]
SIZES = ["small", "medium", "large", "eight ounce", "twelve ounce", "sixteen ounce", "twenty ounce"]
ROASTS = ["light roast", "medium roast", "dark roast"]
SHOTS = ["single shot", "double shot", "triple shot"]
DRINKS = ["coffee", "house coffee", "drip coffee", "iced coffee", "mocha", "iced mocha", "latte", "cappuccino", "americano", "espresso"]
AMOUNTS = ["", "some ", "a bit of ", "a little bit of ", "a lot of ", "lots of "]
EXTRAS = ["milk", "soy milk", "almond milk", "skim milk", "whole milk", "cream", "sugar", "brown sugar", "sweetener"]

# Voices of the samples: kept out of training.
SAMPLE_VOICES = [("espeak", "en-us+linda"), ("espeak", "en-gb+john"), ("espeak", "en-us+steph"), ("espeak", "en-gb+travis"),
                 ("espeak", "en-us+Lee"), ("flite", "rms")]
SAMPLES = [  # name, voice, text, sox effects, output options
    ("01-latte", 5, "i'd like a large double shot latte with almond milk", [], []),
    ("02-digits", 5, "seven three nine zero", [], []),
    ("03-espresso", 0, "get me a small dark roast espresso with some sugar", [], []),
    ("04-directions", 1, "left right up down", [], []),
    ("05-telephone-8k", 5, "four two six eight one", [], ["-r", "8000"]),
    ("06-mocha-44k-stereo", 2, "can i get a sixteen ounce iced mocha with cream", [], ["-r", "44100", "-c", "2"]),
    ("07-computer", 3, "computer", [], []),
    ("08-house-coffee-flac", 4, "make me a medium roast house coffee with brown sugar", [], []),
    ("09-noise-20db", 5, "may i have a triple shot cappuccino with skim milk", "pinknoise", []),
    ("10-fast", 0, "nine five five two", ["tempo", "1.2"], []),
    ("11-slow", 5, "go left go right", ["tempo", "0.85"], []),
    ("12-americano-24bit", 1, "brew a twelve ounce light roast americano with a bit of cream", [], ["-b", "24"]),
]

VARIANTS = ["", "+f1", "+f2", "+f3", "+f4", "+f5", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+m8", "+Annie", "+Alicia", "+Andy",
            "+Mike", "+Michael", "+belinda", "+edward", "+grandma", "+grandpa", "+adam", "+anika", "+antonio", "+benjamin", "+boris",
            "+david", "+ed", "+paul", "+robert", "+victor", "+quincy", "+norbert", "+Gene", "+Denis", "+klatt", "+klatt2", "+shelby"]
ACCENTS = ["en-us", "en-us", "en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-us-nyc"]
HIGH = ["+f1", "+f2", "+f3", "+f4", "+f5", "+Annie", "+belinda", "+anika", "+Alicia", "+steph", "+linda"]  # the last two with other languages alone: the samples have them in English


def speak(engine, voice, text, wav, speed=165, pitch=50):
    if engine == "espeak":
        subprocess.run(["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "-w", wav, text], check=True)
    else:
        subprocess.run(["flite", "-voice", voice, "--setf", f"duration_stretch={165 / speed:.3f}", "-t", text, "-o", wav], check=True)


def sox(*arguments):
    subprocess.run(["sox", "-R", *arguments], check=True, stderr=subprocess.DEVNULL)


def coffee_order(rng):
    before = [rng.choice(part) for part, chance in ((SIZES, 0.5), (ROASTS, 0.45), (SHOTS, 0.5)) if rng.random() < chance]
    rng.shuffle(before)
    words = " ".join(before + [rng.choice(DRINKS)])
    article = "an" if words[0] in "aei" else "a"
    text = f"{rng.choice(CARRIERS)} {article} {words}"
    extras = rng.sample(EXTRAS, rng.choice([0, 1, 1, 2]))
    if extras:
        text += " with " + " and ".join(rng.choice(AMOUNTS) + extra for extra in extras)
    return text


def command(rng):
    kind = rng.random()
    if kind < 0.30:
        return " ".join(rng.choice(DIGITS) for _ in range(rng.choice([1, 1, 2, 3, 4, 4, 5, 6])))
    if kind < 0.52:
        return " ".join(rng.choice(WORDS) for _ in range(rng.choice([1, 1, 2, 2, 3, 4])))
    if kind < 0.62:
        return rng.choice(WAKE)
    if kind < 0.70:
        return " ".join(rng.choice(DIGITS + WORDS + WAKE) for _ in range(rng.choice([2, 3, 4])))
    return coffee_order(rng)


def write_manifest(out, rows):
    lines = ["path\tduration_s\tspeaker\tcorpus\tlicence\ttext"] + ["\t".join(row) for row in rows]
    (out / "manifest.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def seconds(path):
    return f"{float(subprocess.run(['soxi', '-D', path], check=True, capture_output=True, text=True).stdout):.3f}"


def samples(out):
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, voice, text, effects, form in SAMPLES:
            engine, voice_name = SAMPLE_VOICES[voice]
            raw, clean = f"{folder}/raw.wav", f"{folder}/clean.wav"
            speak(engine, voice_name, text, raw)
            sox(raw, "-r", "16000", "-c", "1", "-b", "16", clean, "norm", "-6", "pad", "0.2", "0.2", *(effects if isinstance(effects, list) else []))
            if isinstance(effects, str):
                noise, mixed = f"{folder}/noise.wav", f"{folder}/mixed.wav"
                sox("-n", "-r", "16000", "-c", "1", "-b", "16", noise, "synth", seconds(clean), effects, "norm", "-26")
                sox("-m", "-v", "1", clean, "-v", "1", noise, mixed)
                clean = mixed
            path = out / f"{name}.{'flac' if name.endswith('flac') else 'wav'}"
            sox(clean, *form, str(path))
            rows.append((path.name, seconds(path), f"{engine}-{voice_name}", "audio-samples", "made by this project", text))
    write_manifest(out, rows)


def one_clip(job):
    index, text, engine, voice, said, speed, pitch, out, corpus, *effects = job
    path = out / f"{index:06}.wav"
    with tempfile.TemporaryDirectory() as folder:
        raw = f"{folder}/raw.wav"
        speak(engine, voice, said, raw, speed, pitch)
        sox(raw, "-r", "16000", "-c", "1", "-b", "16", str(path), *effects, "norm", "-6", "pad", "0.15", "0.15")
    return path.name, seconds(path), f"{engine}-{voice}", corpus, "made by this project", text


def clips(out, count, seed, text_of, corpus):
    rng = random.Random(seed)
    kept_out = {row[2] for row in SAMPLES}
    jobs = []
    while len(jobs) < count:
        text = text_of(rng)
        if text in kept_out and " " in text:
            continue
        if rng.random() < 0.72:
            engine, voice = "espeak", rng.choice(ACCENTS) + rng.choice(VARIANTS)
        else:
            engine, voice = "flite", rng.choice(["slt", "slt", "kal16", "awb"])
        jobs.append((len(jobs), text, engine, voice, text, rng.randint(130, 210), rng.randint(30, 70), out, corpus))
    speak_all(out, jobs)


def sentences(out, count, seed, texts):
    """Sentences of 4 to 14 words, in the voices of flite twice as often as in espeak-ng's; those of flite, which are few, higher or lower by up to three semitones."""
    rng = random.Random(seed)
    jobs = []
    for number, path in enumerate(texts):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if SENTENCE.fullmatch(line)]
        share = count * (number + 1) // len(texts) - count * number // len(texts)
        if len(lines) < share:
            sys.exit(f"speak.py: {path} has {len(lines)} sentences of 4 to 14 words; {share} are needed: ask for fewer clips or give longer texts")
        for text in rng.sample(lines, share):
            if rng.random() < 0.33:
                jobs.append((len(jobs), text, "espeak", rng.choice(ACCENTS) + rng.choice(VARIANTS), text, rng.randint(140, 210), rng.randint(30, 70), out, "synthetic-sentences"))
            else:
                jobs.append((len(jobs), text, "flite", rng.choice(["slt", "slt", "awb", "awb", "kal16"]), text, rng.randint(145, 200), 50, out, "synthetic-sentences",
                             "pitch", str(rng.randint(-300, 300))))
    speak_all(out, jobs)


def accent(rng, index):
    return accents.utterance(rng)


def high_voice(rng, index):
    if index % 2:
        text, voice, said = accents.utterance(rng)
        return text, voice.split("+")[0] + rng.choice(HIGH), said
    text = rng.choice(DIGITS)
    return text, rng.choice(ACCENTS) + rng.choice(HIGH[:9]), text


def digits_of(out, count, seed, spoken, lowest, highest):
    """Digits as spoken(rng, index) says: the text, an espeak-ng voice, and what the voice is to read; pitches from lowest to highest."""
    rng = random.Random(seed)
    jobs = []
    for index in range(count):
        text, voice, said = spoken(rng, index)
        jobs.append((index, text, "espeak", voice, said, rng.randint(120, 220), rng.randint(lowest, highest), out, "synthetic-accents"))
    speak_all(out, jobs)


def speak_all(out, jobs):
    rows = []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for row in pool.map(one_clip, jobs):
            rows.append(row)
            if len(rows) % 500 == 0:
                print(f"{len(rows)} of {len(jobs)}", file=sys.stderr)
    write_manifest(out, rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["samples", "commands", "digits", "accents", "high", "sentences"])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--texts", type=pathlib.Path, nargs="+", default=[])
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.what == "samples":
        samples(arguments.out)
    elif arguments.what == "commands":
        clips(arguments.out, arguments.count, arguments.seed, command, "synthetic-commands")
    elif arguments.what == "accents":
        digits_of(arguments.out, arguments.count, arguments.seed, accent, 20, 85)
    elif arguments.what == "high":
        digits_of(arguments.out, arguments.count, arguments.seed, high_voice, 65, 99)
    elif arguments.what == "sentences":
        if not arguments.texts:
            parser.error("sentences need --texts")
        sentences(arguments.out, arguments.count, arguments.seed, arguments.texts)
    else:
        clips(arguments.out, arguments.count, arguments.seed, lambda rng: rng.choice(DIGITS), "synthetic-digits")


if __name__ == "__main__":
    main()
