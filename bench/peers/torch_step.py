"""Times training steps of PyTorch in one thread. Started and asked by bench/src/peers-step.ts.

Each line of the standard input is a request {"model", "batchSize", "featureShape", "seconds"}; the answer is a line
{"steps", "wallSeconds", "cpuSeconds", "parameters"}. A step gathers a batch of a data set in a random order, as every
client does, then zero_grad, forward, cross-entropy, backward and step of SGD. The first request of a case warms up.
"""

import json
import sys
import time

import torch
from models import NUM_CLASSES, create_model, num_parameters
from torch.nn import functional

NUM_EXAMPLES = 600
LEARNING_RATE = 0.01


class StepLoop:
    def __init__(self, name, batch_size, feature_shape):
        # Images have their channels first here; windows of tokens are as on the other side.
        shape = feature_shape if len(feature_shape) < 3 else (feature_shape[2], *feature_shape[:2])
        self.model = create_model(name)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=LEARNING_RATE)
        self.features = torch.rand(NUM_EXAMPLES, *shape)
        self.labels = torch.randint(0, NUM_CLASSES, (NUM_EXAMPLES,))
        self.order = torch.randperm(NUM_EXAMPLES)
        self.batch_size = batch_size
        self.position = 0

    def step(self):
        if self.position + self.batch_size > NUM_EXAMPLES:
            self.position = 0
        chosen = self.order[self.position : self.position + self.batch_size]
        self.position += self.batch_size
        self.optimizer.zero_grad()
        functional.cross_entropy(self.model(self.features[chosen]), self.labels[chosen]).backward()
        self.optimizer.step()

    def run(self, seconds):
        steps = 0
        cpu = time.process_time()
        start = time.perf_counter()
        while steps < 3 or time.perf_counter() - start < seconds:
            self.step()
            steps += 1
        return {
            "steps": steps,
            "wallSeconds": time.perf_counter() - start,
            "cpuSeconds": time.process_time() - cpu,
            "parameters": num_parameters(self.model),
        }


def main():
    torch.set_num_threads(1)
    loops = {}
    for line in sys.stdin:
        request = json.loads(line)
        case = (request["model"], request["batchSize"])
        if case not in loops:
            loops[case] = StepLoop(*case, request["featureShape"])
        print(json.dumps(loops[case].run(request["seconds"])), flush=True)


main()
