import { isDeepStrictEqual } from "node:util";
import { define } from "../kernel/define";
import type { Call } from "../kernel/call/call";
import type { Session } from "../kernel/session/session";
import { writtenKeys, writtenValues, type Written } from "../infisical/written-value";
import { makeKeyPair, pairOf, type SshKeyPair } from "./openssh-key";
import { sshKeyModel, sshKeyWish, type SshKeyInputs } from "./ssh-key.model";

interface SshKeyOutputs extends Omit<SshKeyPair, "privateKey">, Written {
  /** Undefined where it is in the store instead. */
  readonly privateKey: string | undefined;
}

const anew = "another pair is made, and written there";

/** The public half is in the state; the private half too, or in the store. Nothing else has it. */
export const sshKeyProvider = (session: Session) => {
  const store = writtenValues(session.secrets);

  async function make({ type = "ed25519", bits = 4096, comment = "" }: SshKeyInputs): Promise<SshKeyPair> {
    const pair = await makeKeyPair(type === "rsa" ? { type, bits } : { type }, comment);
    session.secrets.remember(pair.privateKey);
    return pair;
  }

  /** The pair whose private half the store has afterwards: the one that is there already, or another one. */
  async function write(
    ...[call, inputs, to, before, value]: [
      Call,
      SshKeyInputs,
      NonNullable<SshKeyInputs["writeTo"]>,
      SshKeyOutputs | undefined,
      string | undefined,
    ]
  ): Promise<SshKeyOutputs> {
    const wish = sshKeyWish(inputs);
    const content =
      value === undefined
        ? {
            wish,
            make: async () => (await make(inputs)).privateKey,
            fits: (kept: string) => pairOf(kept) !== undefined,
          }
        : { wish, value };
    const { written, value: privateKey } = await store.write(call, to, before, content);
    const pair = pairOf(privateKey);
    if (pair === undefined) throw new Error("what was written is no private key; nothing more was done");
    return { ...pair, ...written, privateKey: undefined };
  }

  return define<SshKeyInputs, SshKeyOutputs>(
    {
      kind: "SshKey",
      model: sshKeyModel,
      outputs: ["publicKey", "privateKey", "fingerprint", ...writtenKeys],
      timeouts: { create: "2m", update: "2m", delete: "2m", read: "1m" },
      inspect: (call, { writeTo }, was) => store.inspect(call, writeTo, was?.writeTo),
      async refine(_call, changes, at, { was, wanted }) {
        const same = isDeepStrictEqual(sshKeyWish(was), sshKeyWish(wanted));
        const inPlace = at.reference !== undefined && wanted.writeTo !== undefined;
        return changes.map((change) => {
          if (change.effect !== "replace") return change;
          if (same) return { ...change, effect: "none" as const };
          return inPlace ? { ...change, effect: "live" as const, note: anew } : change;
        });
      },
      due: (call, at, { writeTo }) => store.due(call, at, writeTo, anew),
      observe: async (_call, at, wanted) => {
        if (at.privateKey !== undefined) session.secrets.remember(at.privateKey);
        return { inputs: wanted, outputs: at };
      },
      async ensure(call, inputs, made) {
        await call.safePoint();
        const at = inputs.writeTo
          ? await write(call, inputs, inputs.writeTo, undefined, undefined)
          : await make(inputs);
        made(at.fingerprint, at);
        call.report.result(at.fingerprint);
        return { id: at.fingerprint, at };
      },
      async sync(call, at, inputs, _was, creating) {
        if (creating) return at;
        const { writeTo } = inputs;
        if (writeTo === undefined && at.reference === undefined) return at;
        const now = writeTo ? await write(call, inputs, writeTo, at, at.privateKey) : await back(at);
        store.leave(call, at, now);
        if (now.fingerprint !== at.fingerprint)
          call.report.result(
            `${now.fingerprint} in place of ${at.fingerprint}; where that one's public key was put, it still signs in`,
          );
        return now;
      },
      async remove(call, at) {
        call.report.result(`${at.fingerprint} is forgotten; where its public key was put, it still signs in`);
        await store.remove(call, at);
      },
    },
    session,
  );

  /** With its private half in the state again. */
  async function back({ publicKey, fingerprint, ...at }: SshKeyOutputs): Promise<SshKeyOutputs> {
    const privateKey = await store.kept(at);
    if (privateKey === undefined)
      throw new Error(
        "the private key is no longer in Infisical, and lost; write a new rotationTrigger to make another pair",
      );
    return { publicKey, fingerprint, privateKey };
  }
};
