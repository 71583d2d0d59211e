/** A file on the internet, the same under each address. */
export interface RemoteFile {
	readonly name: string;
	/** Tried in turn. */
	readonly urls: readonly string[];
	/** Hexadecimal. */
	readonly md5: string;
	/** Bytes. */
	readonly size: number;
}

/** How to come by a data set. */
export type Provision =
	| { readonly kind: "files"; readonly files: readonly RemoteFile[] }
	/** A .tar.gz archive of which the needed and the optional files are kept. */
	| { readonly kind: "archive"; readonly archive: RemoteFile }
	/** Nobody publishes the files; `steps` say what the user does. */
	| { readonly kind: "manual"; readonly steps: string };

/** A data set with a name, whose files `fl-sim data get` can bring or explain. */
export interface NamedDataset {
	readonly name: string;
	readonly title: string;
	/** Files or folders that must be there; a file may also be packed, with `.gz` after its name. */
	readonly files: readonly string[];
	/** Used when they are there. */
	readonly optionalFiles: readonly string[];
	/** Where archives put the files; searched as well. */
	readonly subfolder?: string;
	readonly provision: Provision;
}

const idxFiles = [
	"train-images-idx3-ubyte",
	"train-labels-idx1-ubyte",
	"t10k-images-idx3-ubyte",
	"t10k-labels-idx1-ubyte",
] as const;

type IdxFile = (typeof idxFiles)[number];

function idxProvision(
	mirrors: readonly string[],
	facts: Readonly<Record<IdxFile, { md5: string; size: number }>>,
): Provision {
	return {
		kind: "files",
		files: idxFiles.map((file) => ({
			name: `${file}.gz`,
			urls: mirrors.map((mirror) => `${mirror}/${file}.gz`),
			...facts[file],
		})),
	};
}

function cifarProvision(name: string, facts: { md5: string; size: number }): Provision {
	return {
		kind: "archive",
		archive: { name, urls: [`https://www.cs.toronto.edu/~kriz/${name}`], ...facts },
	};
}

export const namedDatasets = [
	{
		name: "mnist",
		title: "MNIST: 70,000 handwritten digits, 28x28 grey, 10 classes",
		files: idxFiles,
		optionalFiles: [],
		provision: idxProvision(
			["https://ossci-datasets.s3.amazonaws.com/mnist", "https://storage.googleapis.com/cvdf-datasets/mnist"],
			{
				"train-images-idx3-ubyte": { md5: "f68b3c2dcbeaaa9fbdd348bbdeb94873", size: 9_912_422 },
				"train-labels-idx1-ubyte": { md5: "d53e105ee54ea40749a09fcbcd1e9432", size: 28_881 },
				"t10k-images-idx3-ubyte": { md5: "9fb629c4189551a2d022fa330f9573f3", size: 1_648_877 },
				"t10k-labels-idx1-ubyte": { md5: "ec29112dd5afa0611ce80d1b7f02629c", size: 4_542 },
			},
		),
	},
	{
		name: "fashion-mnist",
		title: "Fashion-MNIST: 70,000 pictures of clothing, 28x28 grey, 10 classes",
		files: idxFiles,
		optionalFiles: [],
		provision: idxProvision(
			[
				"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
				"https://storage.googleapis.com/tensorflow/tf-keras-datasets",
			],
			{
				"train-images-idx3-ubyte": { md5: "8d4fb7e6c68d591d4c3dfef9ec88bf0d", size: 26_421_880 },
				"train-labels-idx1-ubyte": { md5: "25c81989df183df01b3e8a0aad5dffbe", size: 29_515 },
				"t10k-images-idx3-ubyte": { md5: "bef4ecab320f06d8554ea6380940ec79", size: 4_422_102 },
				"t10k-labels-idx1-ubyte": { md5: "bb300cfdad3c16e7a12a480ee83cd310", size: 5_148 },
			},
		),
	},
	{
		name: "cifar10",
		title: "CIFAR-10: 60,000 photographs, 32x32 in colour, 10 classes",
		files: [...["1", "2", "3", "4", "5"].map((batch) => `data_batch_${batch}.bin`), "test_batch.bin"],
		optionalFiles: ["batches.meta.txt"],
		subfolder: "cifar-10-batches-bin",
		provision: cifarProvision("cifar-10-binary.tar.gz", {
			md5: "c32a1d4ab5d03f1284b67883e8d87530",
			size: 170_052_171,
		}),
	},
	{
		name: "cifar100",
		title: "CIFAR-100: 60,000 photographs, 32x32 in colour, 100 classes in 20 coarse ones",
		files: ["train.bin", "test.bin"],
		optionalFiles: ["fine_label_names.txt", "coarse_label_names.txt"],
		subfolder: "cifar-100-binary",
		provision: cifarProvision("cifar-100-binary.tar.gz", {
			md5: "03b5dce01913d631647c71ecec9e9cb8",
			size: 168_513_733,
		}),
	},
	{
		name: "femnist",
		title: "FEMNIST of LEAF: handwritten digits and letters, 28x28 grey, 62 classes, by writer",
		files: ["train"],
		optionalFiles: ["test"],
		subfolder: "data",
		provision: {
			kind: "manual",
			steps:
				"LEAF publishes a script that makes FEMNIST from NIST's images, not the files. Run: " +
				"git clone https://github.com/TalwalkarLab/leaf && cd leaf/data/femnist && " +
				"./preprocess.sh -s niid --sf 1.0 -k 0 -t sample (--sf 0.05 for a twentieth of the writers' data); " +
				"then copy the folders data/train and data/test",
		},
	},
	{
		name: "shakespeare",
		title: "Shakespeare's plays: next-character prediction, by speaker",
		files: ["input.txt"],
		optionalFiles: [],
		provision: {
			kind: "files",
			files: [
				{
					name: "input.txt",
					urls: ["https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"],
					md5: "6fb458f1232090904fb40fe944165e91",
					size: 1_115_394,
				},
			],
		},
	},
] as const satisfies readonly NamedDataset[];

export type NamedDatasetName = (typeof namedDatasets)[number]["name"];

export function namedDataset(name: NamedDatasetName): NamedDataset {
	return namedDatasets.find((dataset) => dataset.name === name) as NamedDataset;
}
