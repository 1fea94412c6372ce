import assert from "node:assert/strict";
import type { CommitMember, CommitPart } from "../../../providers/kernel/commit/commit";
import type { VirtualClock } from "../../pve/virtual-clock";

/** A staged value of a named thing; undefined: to be deleted. */
export interface Change {
  readonly key: string;
  readonly value: string | undefined;
}

/** Something like a node's network: what is staged and what is in effect are apart. Every request takes a moment. */
export class StagingPlace {
  readonly running: Map<string, string> = new Map();
  readonly staged = new Map<string, string | undefined>();
  readonly said: string[] = [];
  applied: Change[][] = [];
  holders = 0;
  applyError: Error | undefined;

  constructor(
    readonly clock: VirtualClock,
    private readonly latencyMs = 20,
  ) {}

  readonly name = "the networks of pve1";
  readonly remedy = "apply or revert it";
  show = (changes: readonly Change[]): string =>
    changes.map(({ key, value }) => `+ ${key} ${value ?? "gone"}`).join("\n");

  async hold<T>(work: (held: string) => Promise<T>): Promise<T> {
    assert.equal(++this.holders, 1, "two rounds at once");
    try {
      return await work("token");
    } finally {
      this.holders--;
    }
  }

  async pending(): Promise<Change[]> {
    await this.clock.sleep(this.latencyMs);
    return [...this.staged].map(([key, value]) => ({ key, value }));
  }

  /** As a request does it: it takes effect when it is sent, and the answer takes its time. */
  async stage(key: string, value: string | undefined, signal?: AbortSignal): Promise<void> {
    this.said.push(`stage ${key}`);
    if (this.running.get(key) === value) this.staged.delete(key);
    else this.staged.set(key, value);
    await this.clock.sleep(this.latencyMs, signal);
  }

  async apply(): Promise<string> {
    assert.equal(this.holders, 1);
    this.said.push("apply");
    const changes = [...this.staged].map(([key, value]) => ({ key, value }));
    this.applied.push(changes);
    if (!this.applyError) {
      for (const { key, value } of changes)
        if (value === undefined) this.running.delete(key);
        else this.running.set(key, value);
      this.staged.clear();
    }
    await this.clock.sleep(this.latencyMs);
    if (this.applyError) throw this.applyError;
    return `applied ${this.applied.length}`;
  }
}

export const pace = { quietMs: 1_000, longestMs: 10_000 };

export function member(
  signal: AbortSignal = new AbortController().signal,
  safePoint: () => Promise<void> = async () => undefined,
): CommitMember {
  return { signal, safePoint, progress: () => undefined };
}

/** A part that wants this value for its key. */
export const partOf = (
  place: StagingPlace,
  key: string,
  value: string | undefined,
  more: Partial<CommitPart<Change, string>> = {},
): CommitPart<Change, string> => ({
  what: key,
  claims: (change) => change.key === key && change.value === value,
  stage: () => place.stage(key, value),
  ...more,
});
