"""FedAvg as a bare loop of PyTorch, without any framework: what the arithmetic alone takes."""

import random

import torch
from federated import accuracy, client_examples, print_result, read_task, test_examples, train
from models import create_model


def main():
    task = read_task()
    test = test_examples(task)
    worker = create_model(task.model, task.seed)
    cohorts = random.Random(task.seed)
    current = {name: value.clone() for name, value in worker.state_dict().items()}
    last = accuracy(worker, test)
    for round_number in range(1, task.rounds + 1):
        total = {name: torch.zeros_like(value) for name, value in current.items()}
        for client in cohorts.sample(range(task.clients), task.clientsPerRound):
            worker.load_state_dict(current)
            train(worker, client_examples(task, client), task)
            for name, value in worker.state_dict().items():
                total[name] += value
        current = {name: value / task.clientsPerRound for name, value in total.items()}
        if task.evaluates_after(round_number):
            worker.load_state_dict(current)
            last = accuracy(worker, test)
    print_result(last)


main()
