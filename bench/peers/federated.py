"""What the programs that play whole rounds share: the task, the data, the clients and the evaluation.

A program gets the task as JSON in its only argument and ends with a line of JSON on the standard output. All programs
evaluate the global model before the first round, after every `evaluateEvery` rounds and after the last one.
"""

import functools
import gzip
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy
import torch

EVALUATION_BATCH_SIZE = 250


@dataclass(frozen=True)
class Task:
    data: str
    model: str
    clients: int
    clientsPerRound: int
    batchSize: int
    localEpochs: int
    learningRate: float
    rounds: int
    evaluateEvery: int
    seed: int

    def evaluates_after(self, round_number):
        return round_number % self.evaluateEvery == 0 or round_number == self.rounds


def read_task():
    torch.set_num_threads(1)
    return Task(**json.loads(sys.argv[1]))


def read_idx(folder, name):
    path = Path(folder) / name
    packed = path.with_name(name + ".gz")
    content = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    rank = content[3]
    shape = numpy.frombuffer(content, ">u4", rank, 4)
    return torch.from_numpy(numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * rank).reshape(shape).copy())


def read_examples(folder, prefix):
    """Images [n, 1, 28, 28] from 0 to 1 and labels [n]."""
    images = read_idx(folder, f"{prefix}-images-idx3-ubyte")
    labels = read_idx(folder, f"{prefix}-labels-idx1-ubyte")
    return images.unsqueeze(1).float() / 255, labels.long()


@functools.lru_cache(maxsize=1)
def training_examples(task):
    """One copy in each process."""
    return read_examples(task.data, "train")


def test_examples(task):
    return read_examples(task.data, "t10k")


@functools.lru_cache(maxsize=1)
def examples_by_client(task):
    """Positions of each client's examples: a random order, dealt out evenly."""
    num_examples = len(training_examples(task)[1])
    order = torch.randperm(num_examples, generator=torch.Generator().manual_seed(task.seed))
    return order.tensor_split(task.clients)


def client_examples(task, client):
    features, labels = training_examples(task)
    positions = examples_by_client(task)[client]
    return features[positions], labels[positions]


def train(model, examples, task):
    """Local training of one client: SGD in mini-batches, in a new order in every epoch."""
    features, labels = examples
    optimizer = torch.optim.SGD(model.parameters(), lr=task.learningRate)
    model.train()
    for _ in range(task.localEpochs):
        for batch in torch.randperm(len(labels)).split(task.batchSize):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(features[batch]), labels[batch]).backward()
            optimizer.step()


@torch.no_grad()
def accuracy(model, examples):
    features, labels = examples
    model.eval()
    batches = zip(features.split(EVALUATION_BATCH_SIZE), labels.split(EVALUATION_BATCH_SIZE))
    return sum((model(x).argmax(1) == y).sum().item() for x, y in batches) / len(labels)


def print_result(final_accuracy):
    print(json.dumps({"accuracy": final_accuracy}), flush=True)
