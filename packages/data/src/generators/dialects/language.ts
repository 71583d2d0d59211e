/** The characters of all texts, by token id: the classes of next-character prediction. */
export const alphabet = " abcdefghijklmnopqrstuvwxyz.,?!'";

/**
 * What can be said: for each category of words, the concepts, each a choice of words for the same thing ("boat|ship").
 * Upper-case names are the categories in `sentencePlans`.
 */
export const concepts: Readonly<Record<string, readonly string[]>> = {
	DET: ["the", "a|one", "this|that", "my|our", "her|his", "every|each"],
	NOUN: [
		"boat|ship|vessel",
		"child|kid|little one",
		"house|home|cottage",
		"road|street|path",
		"dog|hound",
		"cat|kitten",
		"brook|stream|creek",
		"hill|mound|ridge",
		"wood|forest|grove",
		"bread|loaf",
		"soup|stew|broth",
		"friend|mate|neighbour",
		"teacher|master",
		"farmer|ploughman",
		"fisher|sailor",
		"baker|cook",
		"sister|brother",
		"mother|father",
		"horse|pony",
		"sheep|lamb",
		"bird|sparrow|robin",
		"storm|gale|tempest",
		"rain|drizzle|shower",
		"letter|note|message",
		"song|tune|melody",
		"story|tale",
		"garden|yard|orchard",
		"window|door|gate",
		"basket|bag|sack",
		"coat|jacket|cloak",
		"hat|cap|bonnet",
		"shoe|boot",
		"market|fair|shop",
		"bridge|crossing",
		"tower|steeple",
		"lamp|candle|lantern",
		"table|bench",
		"apple|pear|plum",
		"river|water",
		"harbour|quay|pier",
	],
	ADJ: [
		"small|little|tiny",
		"large|big|great",
		"old|ancient",
		"young|new",
		"happy|glad|merry",
		"sad|gloomy|weary",
		"red|scarlet",
		"green|mossy",
		"blue|azure",
		"cold|chilly|freezing",
		"warm|cosy|hot",
		"quick|swift|fast",
		"slow|lazy|idle",
		"pretty|lovely|fair",
		"strange|odd|queer",
		"quiet|silent|still",
		"loud|noisy",
		"clever|bright|wise",
		"broken|cracked",
		"clean|tidy|neat",
	],
	VERB: [
		"saw|noticed|spotted",
		"bought|purchased",
		"sold|traded",
		"found|discovered",
		"lost|mislaid",
		"carried|brought|fetched",
		"painted|coloured",
		"mended|fixed|repaired",
		"followed|chased",
		"called|shouted for",
		"liked|loved|fancied",
		"heard|listened to",
		"remembered|recalled",
		"left|quit",
		"watched|looked at",
		"cleaned|washed|scrubbed",
	],
	MOVE: [
		"walked|strolled|wandered",
		"ran|rushed|hurried",
		"sailed|drifted",
		"climbed|crept",
		"rested|slept|lay",
	],
	PREP: ["near|beside|by", "under|below", "behind|after", "across|over", "in|inside", "from|out of"],
	TIME: [
		"today|this day",
		"yesterday|last night",
		"at dawn|in the morning",
		"at dusk|in the evening",
		"often|again",
	],
	WHO: ["she|he", "we|they", "i", "you|thou", "somebody|someone", "nobody|no one"],
	HELLO: ["hello|hey|good day", "well|now then", "look|behold", "listen|hark", "dear me|goodness"],
};

/** Forms of sentences: upper-case categories, lower-case words as they are, punctuation. */
export const sentencePlans: readonly string[] = [
	"DET ADJ NOUN VERB DET NOUN .",
	"DET NOUN VERB DET ADJ NOUN PREP DET NOUN .",
	"TIME DET NOUN MOVE PREP DET ADJ NOUN .",
	"DET NOUN MOVE PREP DET NOUN TIME .",
	"where is DET ADJ NOUN ?",
	"HELLO , WHO VERB DET NOUN !",
	"WHO VERB DET NOUN and DET NOUN .",
	"DET NOUN is ADJ and ADJ .",
	"have you seen DET NOUN PREP DET NOUN ?",
	"WHO MOVE PREP DET NOUN because DET NOUN was ADJ .",
	"HELLO , what a ADJ NOUN !",
	"if WHO VERB DET NOUN , WHO would be ADJ .",
];

/** A way of spelling: letters that are written otherwise, each a pattern and what stands for it. */
export interface Dialect {
	readonly name: string;
	readonly spellings: readonly (readonly [pattern: RegExp, written: string])[];
}

export const dialects: readonly Dialect[] = [
	{
		name: "town",
		spellings: [
			[/our/, "or"],
			[/ough(?!t)/, "uff"],
			[/ck/, "k"],
		],
	},
	{
		name: "coast",
		spellings: [
			[/ing$/, "in'"],
			[/er$/, "a"],
			[/^h/, "'"],
			[/th/, "f"],
		],
	},
	{
		name: "hill",
		spellings: [
			[/c(?=[aoukl])/, "k"],
			[/s$/, "z"],
			[/oo/, "uu"],
			[/w(?=[aei])/, "v"],
		],
	},
	{
		name: "forest",
		spellings: [
			[/th/, "d"],
			[/ee|ea/, "ie"],
			[/y$/, "i"],
			[/ow/, "au"],
		],
	},
	{
		name: "island",
		spellings: [
			[/ed$/, "it"],
			[/a(?=[nt])/, "o"],
			[/ll/, "l"],
			[/f/, "v"],
			[/gh/, "ch"],
		],
	},
];
