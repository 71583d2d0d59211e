"""FedAvg with Flower's simulation: clients in Ray workers, one core each."""

import os
import sys
from pathlib import Path

os.environ.update(FLWR_TELEMETRY_ENABLED="0", RAY_USAGE_STATS_ENABLED="0", RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0")

import torch
from federated import accuracy, client_examples, print_result, read_task, test_examples, train
from flwr.app import ArrayRecord, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import ServerApp
from flwr.serverapp.strategy import FedAvg
from flwr.simulation import run_simulation
from models import create_model


def create_client_app(task):
    app = ClientApp()

    @app.train()
    def train_client(message, context):
        torch.set_num_threads(1)
        model = create_model(task.model)
        model.load_state_dict(message.content["arrays"].to_torch_state_dict())
        torch.seed()
        examples = client_examples(task, int(context.node_config["partition-id"]))
        train(model, examples, task)
        metrics = MetricRecord({"num-examples": len(examples[1])})
        reply = RecordDict({"arrays": ArrayRecord(model.state_dict()), "metrics": metrics})
        return Message(content=reply, reply_to=message)

    return app


def create_server_app(task, accuracies):
    app = ServerApp()
    model = create_model(task.model, task.seed)
    test = test_examples(task)

    def evaluate(round_number, arrays):
        if not task.evaluates_after(round_number):
            return None
        model.load_state_dict(arrays.to_torch_state_dict())
        accuracies.append(accuracy(model, test))
        return MetricRecord({"accuracy": accuracies[-1]})

    @app.main()
    def serve(grid, _):
        strategy = FedAvg(
            fraction_train=task.clientsPerRound / task.clients,
            fraction_evaluate=0.0,
            min_train_nodes=task.clientsPerRound,
            min_available_nodes=task.clients,
        )
        initial = ArrayRecord(model.state_dict())
        strategy.start(grid=grid, initial_arrays=initial, num_rounds=task.rounds, evaluate_fn=evaluate)

    return app


def main():
    task = read_task()
    sys.path.insert(0, str(Path(__file__).parent))
    accuracies = []
    run_simulation(
        server_app=create_server_app(task, accuracies),
        client_app=create_client_app(task),
        num_supernodes=task.clients,
        backend_config={
            "client_resources": {"num_cpus": 1, "num_gpus": 0.0},
            "init_args": {"num_cpus": os.cpu_count(), "log_to_driver": False},
        },
    )
    print_result(accuracies[-1])


main()
