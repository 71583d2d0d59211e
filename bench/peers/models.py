"""The models that both sides train, by the names that scenarios use; layer for layer those of packages/compute/src/models."""

import torch
from torch import nn
from torch.nn import functional

NUM_CLASSES = 10


def softmax():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, NUM_CLASSES))


def mlp():
    """2NN of McMahan et al. (2017)."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 200),
        nn.ReLU(),
        nn.Linear(200, 200),
        nn.ReLU(),
        nn.Linear(200, NUM_CLASSES),
    )


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, NUM_CLASSES),
    )


def mcmahan_cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(3136, 512),
        nn.ReLU(),
        nn.Linear(512, NUM_CLASSES),
    )


def normalized_convolution(inputs, outputs, size, stride):
    convolution = nn.Conv2d(inputs, outputs, size, stride=stride, padding=size // 2, bias=False)
    return nn.Sequential(convolution, nn.GroupNorm(8, outputs))


class BasicBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = normalized_convolution(inputs, outputs, 3, stride)
        self.second = normalized_convolution(outputs, outputs, 3, 1)
        keeps_shape = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if keeps_shape else normalized_convolution(inputs, outputs, 1, stride)

    def forward(self, images):
        residual = self.second(functional.relu(self.first(images)))
        return functional.relu(residual + self.shortcut(images))


def resnet8():
    return nn.Sequential(
        normalized_convolution(3, 16, 3, 1),
        nn.ReLU(),
        BasicBlock(16, 16, 1),
        BasicBlock(16, 32, 2),
        BasicBlock(32, 64, 2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(64, NUM_CLASSES),
    )


class TransformerBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.output = nn.Linear(width, width)
        self.expand, self.contract = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        examples, positions, width = x.shape

        def split(projected):
            return projected.view(examples, positions, self.heads, width // self.heads).transpose(1, 2)

        normal = self.norm1(x)
        projected = (split(layer(normal)) for layer in (self.query, self.key, self.value))
        seen = functional.scaled_dot_product_attention(*projected, is_causal=True)
        x = x + self.output(seen.transpose(1, 2).reshape(examples, positions, width))
        return x + self.contract(functional.relu(self.expand(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self, window=64, vocabulary=64, width=128, blocks=5, heads=4):
        super().__init__()
        self.embedding = nn.Linear(vocabulary, width)
        self.positions = nn.Parameter(0.02 * torch.randn(window, width))
        self.blocks = nn.Sequential(*(TransformerBlock(width, heads) for _ in range(blocks)))
        self.norm = nn.LayerNorm(width)
        self.output = nn.Linear(width, NUM_CLASSES)

    def forward(self, tokens):
        return self.output(self.norm(self.blocks(self.embedding(tokens) + self.positions))[:, -1])


MODELS = {
    "softmax": softmax,
    "mlp": mlp,
    "lenet5": lenet5,
    "mcmahan-cnn": mcmahan_cnn,
    "resnet8": resnet8,
    "transformer": Transformer,
}


def create_model(name, seed=0):
    """Initial values as on the other side: He uniform, Glorot uniform in the last layer, biases 0."""
    torch.manual_seed(seed)
    model = MODELS[name]()
    layers = [layer for layer in model.modules() if isinstance(layer, (nn.Conv2d, nn.Linear))]
    for layer in layers:
        nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    nn.init.xavier_uniform_(layers[-1].weight)
    return model


def num_parameters(model):
    return sum(parameter.numel() for parameter in model.parameters())
