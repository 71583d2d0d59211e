"""FedAvg with pfl-research's simulator: one process, users made on demand."""

import numpy
import torch
from federated import EVALUATION_BATCH_SIZE, accuracy, client_examples, print_result, read_task, test_examples
from models import create_model
from pfl.aggregate.simulate import SimulatedBackend
from pfl.algorithm.base import NNAlgorithmParams
from pfl.algorithm.federated_averaging import FederatedAveraging
from pfl.callback.central_evaluation import CentralEvaluationCallback
from pfl.data.dataset import Dataset
from pfl.data.federated_dataset import FederatedDataset
from pfl.data.sampling import get_user_sampler
from pfl.hyperparam import NNEvalHyperParams, NNTrainHyperParams
from pfl.metrics import Weighted
from pfl.model.pytorch import PyTorchModel
from torch.nn import functional


class Classifier(torch.nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, features):
        return self.layers(features)

    def loss(self, features, labels):
        self.train()
        return functional.cross_entropy(self(features), labels)

    @torch.no_grad()
    def metrics(self, features, labels):
        self.eval()
        correct = (self(features).argmax(1) == labels).sum().item()
        return {"accuracy": Weighted(correct, len(labels))}


def main():
    task = read_task()
    numpy.random.seed(task.seed)
    test = test_examples(task)
    classifier = Classifier(create_model(task.model, task.seed))
    model = PyTorchModel(
        classifier,
        local_optimizer_create=torch.optim.SGD,
        central_optimizer=torch.optim.SGD(classifier.parameters(), lr=1.0),
    )

    def user_dataset(client):
        features, labels = client_examples(task, client)
        order = torch.randperm(len(labels))
        return Dataset([features[order], labels[order]], user_id=client)

    users = FederatedDataset(user_dataset, get_user_sampler("random", list(range(task.clients))))
    evaluation = NNEvalHyperParams(local_batch_size=EVALUATION_BATCH_SIZE)
    FederatedAveraging().run(
        algorithm_params=NNAlgorithmParams(
            central_num_iterations=task.rounds,
            # Users' own evaluations are left out, but for those of the first round.
            evaluation_frequency=task.rounds,
            train_cohort_size=task.clientsPerRound,
            val_cohort_size=0,
        ),
        backend=SimulatedBackend(training_data=users, val_data=users),
        model=model,
        model_train_params=NNTrainHyperParams(
            local_batch_size=task.batchSize,
            local_num_epochs=task.localEpochs,
            local_learning_rate=task.learningRate,
        ),
        model_eval_params=evaluation,
        # It evaluates before the first round too, but not after the last one.
        callbacks=[CentralEvaluationCallback(Dataset(test), evaluation, frequency=task.evaluateEvery)],
    )
    print_result(accuracy(classifier, test))


main()
