import { isDeepStrictEqual } from "node:util";
import { wire } from "../../pve";
import { makes } from "../checks/made-here";
import type { Call } from "../kernel/call/call";
import { changeOfTexts, fromTexts, textsOf, toTexts } from "../kernel/fields/mapping";
import { named } from "../kernel/named";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { calendarSeconds } from "../kernel/call/calendar";
import { warnWithoutAccount } from "./linux/pam-account";
import { checkKnown } from "./known-subjects";
import { lossOfOurs, otherwise, ownUser } from "./ourselves";
import { hasNewValue } from "./rotated";
import { secondsOf } from "../kernel/call/moment";
import { generatedValue } from "../infisical/generated-value";
import { writtenKeys, writtenValues, type Written } from "../infisical/written-value";
import { heldOfUser, passwordWish, userModel, type GeneratedPassword, type UserInputs } from "./user.model";
import { userConfig } from "./user-config";

interface UserOutputs extends Written {
  readonly userId: string;
}

type User = wire.WireObject;

const anew = "another password is made, written there and set";

export const userProvider = (session: Session) => {
  const store = writtenValues(session.secrets);

  /** The password that the store has afterwards; it stays as long as its wish. */
  const stored = (call: Call, { writeTo, ...wish }: GeneratedPassword, before: Written | undefined) =>
    store.write(call, writeTo, before, {
      wish: passwordWish(wish),
      make: () => generatedValue({ length: 32, ...wish }),
    });

  /** Only root@pam with its ticket may set the password of a user who is there. */
  async function setPassword(call: Call, root: Pve, userId: string, password: string): Promise<void> {
    await root.write(call, {
      what: `setting the password of ${userId}`,
      lock: "cluster:shadow.cfg",
      send: () => root.api.access.password.$put({ userid: userId, password }),
      // A password cannot be read: it is set again.
      happened: async () => false,
    });
  }

  async function placeProblems(call: Call, ...[inputs, was]: [Partial<UserInputs>, Partial<UserInputs> | undefined]) {
    const before = was?.generatedPassword?.writeTo;
    const problems = await store.inspect(call, inputs.generatedPassword?.writeTo, before);
    return problems.map(({ path, message }) => ({ path: `generatedPassword.${path}`, message }));
  }

  return named<UserInputs, UserOutputs, User>(
    {
      kind: "User",
      noun: "user",
      name: "userId",
      model: userModel,
      outputs: ["userId", ...writtenKeys],
      timeouts: { create: "2m", update: "2m", delete: "2m", read: "2m" },
      lock: userConfig,
      async list(pve) {
        const rows = await pve.api.access.users.$get({ full: true });
        return new Map(rows.map((row) => [wire.string(row["userid"]) ?? "", row]));
      },
      async read(pve, userId) {
        const user = wire.object(await pve.api.access.users.$(userId).$get());
        return user["enable"] === undefined ? undefined : user;
      },
      at: ({ userId }) => ({ userId }),
      live(user, at, wanted) {
        const live = fromTexts(heldOfUser, textsIn(user), wanted);
        const all = Object.fromEntries(Object.keys(heldOfUser).map((name) => [name, live[name]]));
        return { inputs: { ...wanted, ...all, userId: at.userId }, outputs: at };
      },
      create: (pve, inputs) =>
        pve.api.access.users.$post({
          userid: inputs.userId,
          ...toTexts(heldOfUser, inputs),
          ...(inputs.password === undefined ? {} : { password: inputs.password }),
        }),
      change: (user, inputs, was) => change(user, inputs, was),
      async update(pve, userId, sent) {
        if (userId === ownUser(pve)) {
          const { groups, enable, expire } = sent;
          const ends = enable === "0" || (Number(expire ?? 0) > 0 && Number(expire) <= calendarSeconds());
          const taken = groups === undefined ? undefined : await takenByGroups(pve, wire.strings(groups));
          if (ends) throw new Error(`user ${userId}: ${lockOut}`);
          if (taken !== undefined) throw new Error(`user ${userId}: ${taken}`);
        }
        await pve.api.access.users.$(userId).$put(sent);
      },
      remove: (pve, userId) => pve.api.access.users.$(userId).$delete(),
      async inUse(pve, userId, user) {
        if (userId === "root@pam") return "root@pam is never deleted; keep it (retainOnDelete)";
        if (userId === ownUser(pve))
          return `this stack works as ${userId}, who is not deleted; work as somebody else, or keep the user (retainOnDelete)`;
        const tokens = Object.keys(wire.object(user["tokens"]));
        if (tokens.length === 0) return undefined;
        return (
          `user ${userId} still has API tokens: ${tokens.join(", ")}; nothing was deleted. Delete them first, or keep ` +
          "the user (retainOnDelete)"
        );
      },
      isAsSent: (inputs, user) => change(user, inputs, {}) === undefined,
      async inspect(pve, call, inputs, was) {
        const { userId } = inputs;
        if (userId !== undefined) makes(pve, "user", userId);
        if (userId !== undefined && was === undefined) await warnWithoutAccount(pve, call, userId);
        const groups = await Promise.all(
          (inputs.groups ?? []).map((group, i) => checkKnown(pve, "group", group, `groups[${i}]`)),
        );
        const isOwn = userId !== undefined && userId === ownUser(pve);
        const taken = isOwn && inputs.groups ? await takenByGroups(pve, inputs.groups) : undefined;
        return [
          ...groups.flat(),
          ...(isOwn ? lockedOut(inputs) : []),
          ...(taken === undefined ? [] : [{ path: "groups", message: taken }]),
          ...(await passwordProblems(session, call, inputs, was)),
          ...(await placeProblems(call, inputs, was)),
        ];
      },
      due: (call, at, { generatedPassword }) => store.due(call, at, generatedPassword?.writeTo, anew),
      // Before there is a user with it: a password that nobody has is worth nothing.
      async prepare(call, inputs) {
        if (inputs.generatedPassword === undefined) return { inputs, outputs: {} };
        // Whoever may not set it is told before anything of it is written.
        if (inputs.adopt === true) await session.root(call);
        const { written, value } = await stored(call, inputs.generatedPassword, undefined);
        return { inputs: { ...inputs, password: value }, outputs: written };
      },
      async afterwards(call, _pve, { userId, password, generatedPassword }, was, made, at) {
        if (made) return undefined;
        if (generatedPassword !== undefined) {
          const first = was.generatedPassword === undefined;
          const makes =
            isNewWish(generatedPassword, was.generatedPassword) ||
            (await store.due(call, at, generatedPassword.writeTo, anew)) !== undefined;
          // Who may not set it writes nothing either.
          if (first || makes) await session.root(call);
          const { written, value, isNew } = await stored(call, generatedPassword, at);
          if (first || isNew) await setPassword(call, await session.root(call), userId, value);
          store.leave(call, at, written);
          return written;
        }
        if (password === undefined) {
          if (was.generatedPassword !== undefined)
            call.report.result(
              `its password stays, and in Infisical too, as ${was.generatedPassword.writeTo.secretName}`,
            );
          return undefined;
        }
        if (password !== was.password) await setPassword(call, await session.root(call), userId, password);
        store.leave(call, at, {});
        return Object.fromEntries(writtenKeys.map((key) => [key, undefined]));
      },
      removed: (call, at) => store.remove(call, at),
    },
    session,
  );
};

const isNewWish = (wanted: Partial<GeneratedPassword>, was: Partial<GeneratedPassword> = {}): boolean =>
  !isDeepStrictEqual(passwordWish(wanted), passwordWish(was));

/** A list where it is asked for by its name, and a text where all users are listed. */
const textsIn = (user: User): Record<string, string> =>
  textsOf({ ...user, groups: wire.strings(user["groups"]).join(","), tokens: undefined });

/** What is different; what was managed and is no longer set becomes empty: Proxmox knows no other way. */
function change(user: User, inputs: UserInputs, was: Partial<UserInputs>): Record<string, string> | undefined {
  const found = changeOfTexts(heldOfUser, textsIn(user), inputs, was);
  const sent = { ...found.set };
  for (const key of found.delete) {
    const empty = { enable: "1", expire: "0" }[key] ?? "";
    if ((textsIn(user)[key] ?? "") !== empty) sent[key] = empty;
  }
  return Object.keys(sent).length === 0 ? undefined : sent;
}

const lockOut = "this stack works as this user, who would be locked out; work as somebody else";

/** Why our own user must not be in these groups alone: the stack works by what another one is given. */
async function takenByGroups(pve: Pve, groups: readonly string[]): Promise<string | undefined> {
  const loss = await lossOfOurs(pve, (rules) => ({ ...rules, groups: new Set(groups) }));
  return (
    loss &&
    `this takes ${loss}; nothing was changed. Write the group that gives it as well, give it to the user itself or to ` +
      `another of its groups in an up before, or ${otherwise}`
  );
}

/** The stack would end its own access. */
function lockedOut({ enabled, expiresAt }: Partial<UserInputs>): Problem[] {
  const message = lockOut;
  return [
    ...(enabled === false ? [{ path: "enabled", message }] : []),
    ...(expiresAt !== undefined && secondsOf(expiresAt) <= calendarSeconds() ? [{ path: "expiresAt", message }] : []),
  ];
}

async function passwordProblems(
  session: Session,
  call: Call,
  inputs: Partial<UserInputs>,
  was: Partial<UserInputs> | undefined,
): Promise<Problem[]> {
  const { userId, password, generatedPassword, adopt } = inputs;
  if (userId === undefined) return [];
  const mayNot = (path: string): Problem[] =>
    session
      .rootProblems(`setting the password of ${userId}, who is there already,`)
      .map(({ message }) => ({ path, message }));
  if (generatedPassword !== undefined) {
    const before = was?.generatedPassword;
    const sets = was ? before === undefined || isNewWish(generatedPassword, before) : adopt === true;
    return sets ? mayNot("generatedPassword") : [];
  }
  if (password === undefined) return [];
  const sets = was ? await hasNewValue(session.secrets, call, password, was.password) : adopt === true;
  return sets === true ? mayNot("password") : [];
}
