import type { LossReason } from "@fl-sim/core";
import type { Mailbox } from "./mailbox.ts";

/** When an exchange waits for nobody any more. */
export interface ClosingRule {
	/** Answers that are enough, whoever is still at work. */
	readonly neededAnswers: number;
	readonly deadlineSeconds: number;
	/** Answers without which the deadline is put off until they are there; 0 keeps to it. */
	readonly answersBeforeDeadline: number;
}

/** The clients of one exchange that have not answered yet; they share the deadline. */
export class ExchangeGroup {
	/** Round, number and task of the exchange. */
	readonly key: string;
	readonly #rule: ClosingRule;
	readonly #open = new Set<Mailbox>();
	#deadline: NodeJS.Timeout | undefined;
	#answers = 0;
	#isOverdue = false;

	constructor(key: string, rule: ClosingRule) {
		this.key = key;
		this.#rule = rule;
	}

	/** A client is asked; the first one starts the clock. */
	join(mailbox: Mailbox): void {
		this.#open.add(mailbox);
		if (this.#deadline !== undefined) return;
		this.#deadline = setTimeout(() => {
			this.#isOverdue = true;
			this.#closeIfOverdue();
		}, 1000 * this.#rule.deadlineSeconds);
		this.#deadline.unref(); // connections keep the process alive, not the wait for them
	}

	/** A client's part is over. */
	leave(mailbox: Mailbox, { hasAnswered }: { readonly hasAnswered: boolean }): void {
		this.#open.delete(mailbox);
		if (hasAnswered) this.#answers += 1;
		if (hasAnswered && this.#answers === this.#rule.neededAnswers) {
			this.#close("surplus", "enough others have answered");
		}
		this.#closeIfOverdue();
		if (this.#open.size === 0) clearTimeout(this.#deadline);
	}

	#closeIfOverdue(): void {
		if (!this.#isOverdue || this.#answers < this.#rule.answersBeforeDeadline) return;
		this.#close("deadline", `no answer within ${this.#rule.deadlineSeconds} seconds`);
	}

	#close(reason: LossReason, detail: string): void {
		for (const mailbox of this.#open) {
			mailbox.withdraw(detail, { kind: "lost", status: "lost", reason, detail });
		}
	}
}
