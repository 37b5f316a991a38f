"""English digits as speakers of other languages say them, written in the spelling of their own language for the voices of espeak-ng.

Several ways to say a digit are apart by a stroke: where a language lacks the sound of "th", some say t, some s and some f.
"""
DIGITS = "zero one two three four five six seven eight nine".split()
VOICES = {  # a voice: zero to nine
    "el": "ζίρο/ζέρο ουάν/γουάν του θρι/τρι φορ φάιβ σιξ σέβεν έιτ νάιν",
    "fr-fr": "zirô/zéro ouane/ouanne tou sri/tri/fri faur/for faïve sixe/sics sévène/sevène eïte/ète naïne",
    "fr-be": "zirô/zéro ouane/ouanne tou sri/tri/fri faur/for faïve sixe/sics sévène/sevène eïte/ète naïne",
    "de": "siro/sierou uann/wann tuh sri/tri/fri fohr faif/faiw ßix/six ßewen/sewen ejt/äit nain",
    "es": "siro/sero uan/guan tu zri/tri/sri for faiv/faif six/sics seven eit nain",
    "es-419": "siro/sero uan/guan tu tri/sri for faiv/faif six/sics seven eit nain",
    "it": "ziro/zero uan tu tri/sri for faiv/faif six/sics seven/sévven eit nain",
    "pt": "ziro/zirou uan/uane tu tri/fri/sri fór faive/faiv sics séven eite/eit naine",
    "pt-br": "ziro/zirou uan/uane tu tri/fri/sri fór faive/faiv sics séven eite/eit naine",
    "nl": "ziero/zirow wan/uan toe srie/trie foor faaif/faif siks sevven/sevun eet/eejt nain/naain",
    "pl": "ziro/zirou łan tu tri/sri/fri for fajf/fajw siks sewen ejt najn",
    "ru": "зиро уан/ван ту сри/три/фри фор файв/файф сикс сэвен эйт найн",
    "uk": "зіро уан/ван ту срі/трі/фрі фор файв сікс севен ейт найн",
    "cs": "zírou/zíro uan/van tú srí/trí/frí fór fajf/fajv siks sevn/seven ejt najn",
    "hu": "zíró uan/ván tú szrí/trí fór fájv/fájf sziksz szeven éjt nájn",
    "ro": "ziro uan tu tri/sri for faiv/faif six seven eit nain",
    "fi": "siirou/seero uan/van tuu srii/trii foor faiv siks seven eit nain",
    "sv": "siro/zirå oan/van to tri/sri får fajv/fajf siks seven/säven ejt najn",
    "da": "siro/ziro van/uan tu tri/sri får fajv/fajf siks seven ejt najn",
    "nb": "siro/ziro van/uan to tri/sri får fajv/fajf siks seven eit nain",
    "tr": "ziro van/uan tu tri/sri for fayf/fayv siks sevın/seven eyt nayn",
    "hi": "ज़ीरो/जीरो वन टू थ्री फोर फाइव सिक्स सेवन/सेवेन एट नाइन",
    "ta": "ஜீரோ ஒன்/வன் டூ த்ரீ போர் பைவ் சிக்ஸ் செவன் எய்ட் நைன்",
    "id": "ziro wan tu tri/sri for faif siks seven/sefen eit nain",
    "sw": "ziro wan tu thri/sri foo/for faivu/faiv siksi/siks seveni/seven eiti/eit naini/nain",
    "vi": "di rô quăn/oăn tu tri pho phai xích xe vần ây nai",
}
VARIANTS = ["", "", "+f1", "+f2", "+f3", "+f4", "+f5", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+m8", "+Annie", "+Andy", "+Mike", "+belinda", "+edward", "+adam", "+anika", "+boris", "+david",
            "+paul", "+robert", "+victor", "+norbert", "+klatt", "+klatt2"]


def utterance(rng):
    """A digit, a voice with an accent, and what the voice is to read."""
    voice = rng.choice(list(VOICES))
    said = VOICES[voice].replace("di rô", "di_rô").replace("xe vần", "xe_vần").split()
    digit = rng.randrange(10)
    return DIGITS[digit], voice + rng.choice(VARIANTS), rng.choice(said[digit].split("/")).replace("_", " ")
