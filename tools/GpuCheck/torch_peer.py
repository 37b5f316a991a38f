"""Steps of dsn-gpu-check in PyTorch. usage: torch_peer.py HIDDEN BATCH REPEATS; prints NAME<TAB>SECONDS, the best of REPEATS each."""
import sys
import time

import torch
from torch import nn

hidden, batch, repeats = map(int, sys.argv[1:4])
device = torch.device("cuda")
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
FRAMES, FEATURES, CLASSES = 1000, 494, 29


def fastest(work):
    best = float("inf")
    for i in range(-2, repeats):
        torch.cuda.synchronize()
        start = time.perf_counter()
        work()
        torch.cuda.synchronize()
        if i >= 0:
            best = min(best, time.perf_counter() - start)
    return best


def show(name, seconds):
    print(f"{name}\t{seconds:.9f}", flush=True)


class DeepSpeech(nn.Module):
    """Three clipped layers, a two-way recurrent one whose directions add up, a clipped one, logits."""

    def __init__(self, cell):
        super().__init__()
        self.before = nn.ModuleList([nn.Linear(FEATURES if i == 0 else hidden, hidden) for i in range(3)])
        kinds = {"rnn": lambda: nn.RNN(hidden, hidden, nonlinearity="relu", bidirectional=True), "gru": lambda: nn.GRU(hidden, hidden, bidirectional=True),
                 "lstm": lambda: nn.LSTM(hidden, hidden, bidirectional=True)}
        self.recurrent = kinds[cell]()
        self.after = nn.Linear(hidden, hidden)
        self.out = nn.Linear(hidden, CLASSES)

    def forward(self, x):
        for layer in self.before:
            x = layer(x).clamp(0, 20)
        x, _ = self.recurrent(x)
        x = x[..., :hidden] + x[..., hidden:]
        return self.out(self.after(x).clamp(0, 20)).log_softmax(-1)


def ways():
    """32-bit floats, TF32 and bfloat16: what stands behind a figure's name, and where work runs so."""
    for way, tf32 in (("", False), (", tf32", True), (", bf16", False)):
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=way == ", bf16", cache_enabled=False):
            yield way
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False


for size in (512, 1024, 2048, 4096):
    a, b = torch.rand(size, size, device=device), torch.rand(size, size, device=device)
    for way in ways():
        show(f"matrix product {size}{way}", fastest(lambda: a @ b.T))
        if way == "":
            show(f"matrix product {size}, our own kernel", fastest(lambda: a @ b.T))

loss = nn.CTCLoss(blank=CLASSES - 1, reduction="sum")
logits = torch.rand(500, 32, CLASSES, device=device, requires_grad=True)
texts = torch.randint(0, CLASSES - 1, (32, 100), device=device)
lengths, sizes = torch.full((32,), 500, dtype=torch.long, device=device), torch.full((32,), 100, dtype=torch.long, device=device)


def ctc():
    logits.grad = None
    loss(logits.log_softmax(-1), texts, lengths, sizes).backward()


show("CTC", fastest(ctc))
for cell in ("rnn", "gru", "lstm"):
    model = DeepSpeech(cell).to(device)
    x64 = torch.rand(FRAMES, 64, FEATURES, device=device)
    with torch.no_grad():
        for way in ways():
            try:
                show(f"forward {cell}{way}", fastest(lambda: model(x64)))
            except RuntimeError as error:
                print(f"forward {cell}{way}: {error}", file=sys.stderr)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-5, fused=True)
    x = torch.rand(FRAMES, batch, FEATURES)
    texts = torch.randint(0, CLASSES - 1, (batch, 130), device=device)
    lengths, sizes = torch.full((batch,), FRAMES, dtype=torch.long, device=device), torch.full((batch,), 130, dtype=torch.long, device=device)

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss(model(x.to(device)), texts, lengths, sizes).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1e9)
        optimiser.step()

    show(f"training step {cell}", fastest(step))
