import fc from "fast-check";
import { expect, test } from "vitest";
import { packBits } from "../compression/bit-packing.ts";
import { type Ballot, majorityVote } from "./majority-vote.ts";

const ballot = (signs: readonly number[], statistics: readonly number[] = []): Ballot => ({
	signs: packBits(
		signs.map((sign) => (sign > 0 ? 1 : 0)),
		1,
	),
	statistics: Float32Array.from(statistics),
});

function voteOf(ballots: readonly Ballot[]) {
	const [first, ...others] = ballots.map((each, client) => majorityVote.leaf(each, client));
	if (first === undefined) throw new Error("nobody votes");
	return majorityVote.finish(others.reduce((left, right) => majorityVote.merge(left, right), first));
}

const signs = fc.array(fc.constantFrom(1, -1), { minLength: 10, maxLength: 10 });

test("each coordinate goes to where most point, and to +1 when as many point either way", () => {
	fc.assert(
		fc.property(fc.array(signs, { minLength: 1, maxLength: 9 }), (clients) => {
			const { vote } = voteOf(clients.map((each) => ballot(each)));
			for (let i = 0; i < 10; i++) {
				const sum = clients.reduce((total, each) => total + (each[i] as number), 0);
				expect(vote[i]).toBe(sum >= 0 ? 1 : -1);
			}
		}),
	);
});

test("clients that agree are followed, and fewer than half of them cannot turn the vote", () => {
	fc.assert(
		fc.property(signs, fc.array(signs, { maxLength: 4 }), (honest, others) => {
			const clients = [...Array.from({ length: 5 }, () => honest), ...others];
			const { vote } = voteOf(clients.map((each) => ballot(each)));
			expect([...vote].slice(0, 10)).toEqual(honest);
		}),
	);
});

test("running statistics are averaged", () => {
	const { statistics } = voteOf([ballot([1], [1, 4]), ballot([-1], [3, -2])]);
	expect(statistics).toEqual(Float32Array.of(2, 1));
});
