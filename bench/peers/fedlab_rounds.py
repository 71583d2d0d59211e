"""FedAvg with FedLab's standalone simulation: clients one after the other in one process."""

import random

import torch
from federated import accuracy, client_examples, print_result, read_task, test_examples
from fedlab.contrib.algorithm.fedavg import FedAvgSerialClientTrainer, FedAvgServerHandler
from fedlab.core.standalone import StandalonePipeline
from models import create_model
from torch.utils.data import DataLoader, TensorDataset


class Clients:
    def __init__(self, task):
        self.task = task

    def get_dataloader(self, client, batch_size):
        return DataLoader(TensorDataset(*client_examples(self.task, client)), batch_size=batch_size, shuffle=True)


class Pipeline(StandalonePipeline):
    """Evaluates the global model when the task says so."""

    def __init__(self, handler, trainer, task):
        super().__init__(handler, trainer)
        self.task = task
        self.test = test_examples(task)
        self.accuracy = accuracy(handler.model, self.test)

    def evaluate(self):
        if self.task.evaluates_after(self.handler.round):
            self.accuracy = accuracy(self.handler.model, self.test)


def main():
    task = read_task()
    random.seed(task.seed)
    model = create_model(task.model, task.seed)
    handler = FedAvgServerHandler(model, task.rounds, task.clientsPerRound / task.clients)
    trainer = FedAvgSerialClientTrainer(model, task.clients)
    trainer.setup_dataset(Clients(task))
    trainer.setup_optim(task.localEpochs, task.batchSize, task.learningRate)
    pipeline = Pipeline(handler, trainer, task)
    pipeline.main()
    print_result(pipeline.accuracy)


main()
