#!/usr/bin/env python3
"""Cuts clips without speech for training, with an empty text each: pieces of noise recordings, and trembling tones.

usage: nonspeech.py OUT NOISE... [--noises 320] [--tones 100] [--seed 3]

Pieces come from the first two thirds of each recording; the last third stays for measuring. Needs sox (Debian package of this name).
"""
import argparse
import pathlib
import random
import subprocess


def sox(*arguments):
    subprocess.run(["sox", "-R", *map(str, arguments)], check=True, stderr=subprocess.DEVNULL)


def seconds(path):
    return float(subprocess.run(["soxi", "-D", str(path)], check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("noise", type=pathlib.Path, nargs="+")
    parser.add_argument("--noises", type=int, default=320)
    parser.add_argument("--tones", type=int, default=100)
    parser.add_argument("--seed", type=int, default=3)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(arguments.seed)
    lengths = {path: seconds(path) for path in arguments.noise}
    lines = ["path\tduration_s\tspeaker\tcorpus\tlicence\ttext"]
    for i in range(arguments.noises + arguments.tones):
        clip, length = arguments.out / f"{i:04}.wav", rng.uniform(0.6, 5)
        if i < arguments.noises:
            noise = rng.choice(arguments.noise)
            length = min(length, 0.6 * lengths[noise])
            start = rng.uniform(0, max(0, (0.66 * lengths[noise]) - length))
            sox(noise, "-c", 1, "-r", 16000, "-b", 16, clip, "trim", f"{start:.3f}", f"{length:.3f}", "norm", f"{-rng.uniform(3, 35):.1f}")
            licence = "the recording's"
        else:
            shape, hertz = rng.choice(["sine", "triangle", "pluck", "sawtooth"]), rng.uniform(80, 1200)
            sox("-n", "-r", 16000, "-b", 16, "-c", 1, clip, "synth", f"{length:.2f}", shape, f"{hertz:.1f}",
                "tremolo", f"{rng.uniform(0.5, 6):.1f}", f"{rng.uniform(0, 80):.0f}", "norm", f"{-rng.uniform(3, 30):.1f}")
            licence = "made by this project"
        lines.append(f"{clip.name}\t{length:.2f}\tnone\tnon-speech\t{licence}\t")
    (arguments.out / "manifest.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
