import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import { isUnknown } from "../kernel/state/unknowns";
import type { Session } from "../kernel/session/session";
import { declaredTwice } from "../checks/declared-twice";
import { placeInId } from "../checks/place-in-id";
import { isUnreached } from "../checks/unreached";
import { logRotationModel, type LogRotationInputs } from "./log-rotation.model";
import { writtenAnew } from "./files/written-anew";
import { liveProblems } from "./log-rotation/check-rotation";
import { fewerKept } from "./log-rotation/fewer-kept";
import { placeProblem } from "./log-rotation/foreign-file";
import { putRotation, standsWrong } from "./log-rotation/put-rotation";
import { pathOf, RotationCommands, rotationSshProblems } from "./log-rotation/rotation-commands";
import { markIn } from "./log-rotation/rotation-file";
import { seenIn, strangeIn, wantedText } from "./log-rotation/seen-rotation";

interface LogRotationOutputs {
  readonly node: string;
  readonly path: string;
  /** What a look has found that the program does not say. */
  readonly changedByHand?: readonly string[] | undefined;
  /** The mark in the file. */
  readonly __mark: string;
  /** Nothing of it has ever been in its place. */
  readonly __awaited?: boolean | undefined;
}

export const logRotationProvider = (session: Session) => {
  const commandsOn = async (call: Call, node: string): Promise<RotationCommands> =>
    new RotationCommands(await session.node(call, node), call, node);

  return define<LogRotationInputs, LogRotationOutputs>(
    {
      kind: "LogRotation",
      model: logRotationModel,
      outputs: ["node", "path", "changedByHand", "__mark", "__awaited"],
      timeouts: { create: "3m", update: "3m", delete: "3m", read: "3m" },
      onNode: { node: ({ node }) => node, what: ({ path }) => path },
      async inspect(call, inputs, was) {
        const { node, name, logs } = inputs;
        if (node === undefined || name === undefined) return [];
        const problems = declaredTwice(session, call, "name", `${pathOf(name)} of ${node} is written by`);
        logs?.forEach((log, index) =>
          problems.push(...declaredTwice(session, call, `logs[${index}]`, `the log ${log} of ${node} is rotated by`)),
        );
        if (inputs.frequency === "hourly" && was?.frequency !== "hourly")
          call.report.warn("hourly: Debian runs logrotate once a day (logrotate.timer), and so it is rotated daily");
        const isNew = was?.node !== node || was.name !== name;
        if (!isNew && wantedText("", was) === wantedText("", inputs)) return problems;
        const fewer = was?.node === node ? fewerKept(was, knownOrWas(call, inputs, was)) : undefined;
        if (fewer !== undefined) call.report.result(fewer);
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        problems.push(...unreachable);
        if (!pve) return problems;
        const withoutSsh = rotationSshProblems(pve);
        if (withoutSsh.length > 0) return [...problems, ...withoutSsh];
        try {
          problems.push(...(await liveProblems(new RotationCommands(pve, call, node), call, inputs, isNew)));
        } catch (error) {
          if (!isUnreached(error)) throw error;
          problems.push({ path: "node", message: error.message });
        }
        return problems;
      },
      async lookup(call, id) {
        const { node, what: name } = placeInId(id, "pve1/app");
        if (name.includes("/")) throw new Error(`${name} is no name of a file in /etc/logrotate.d`);
        const text = await (await commandsOn(call, node)).read(pathOf(name));
        if (text === undefined) throw new Error(`node ${node} has no file ${pathOf(name)}`);
        const { logs, settings } = seenIn(text);
        return { id, outputs: { node, name, path: pathOf(name), logs, ...settings } as Partial<LogRotationOutputs> };
      },
      async observe(call, { node, path, __mark, __awaited }, wanted) {
        const commands = await commandsOn(call, node);
        const text = await commands.read(path);
        if (text === undefined) return undefined;
        // What was to be taken over, and was left to its owner when logrotate refused it.
        if (markIn(text) !== __mark && __awaited === true) return undefined;
        if (markIn(text) !== __mark) throw new Error(writtenAnew(path));
        const seen = seenIn(text);
        const standing = await standsWrong(commands, path);
        const strange = [...strangeIn(seen, wanted), ...(standing === undefined ? [] : [standing])];
        const fields = Object.keys(wanted).filter((field) => isSetting(field));
        return {
          inputs: {
            ...wanted,
            ...Object.fromEntries(fields.map((field) => [field, seen.settings[field]])),
            logs: [...seen.logs],
          },
          outputs: { node, path, changedByHand: strange.length === 0 ? undefined : strange, __mark },
        };
      },
      due: async (_call, { changedByHand = [] }) =>
        changedByHand.length === 0 ? undefined : `takes out what was written by hand: ${changedByHand.join(", ")}`,
      async ensure(call, inputs, made) {
        const { node, name = "" } = inputs;
        const at = { node, path: pathOf(name), __mark: call.mark };
        const own = { adopt: inputs.adopt === true, mark: call.mark };
        const refused = await placeProblem(await commandsOn(call, node), at, own);
        if (refused !== undefined) throw new Error(refused);
        await call.safePoint();
        const awaited = { ...at, __awaited: true };
        made(`${node}/${name}`, awaited);
        return { id: `${node}/${name}`, at: awaited };
      },
      async sync(call, { node, path, __mark }, wanted, was, creating) {
        const at = { node, path, __mark };
        const pve = await session.node(call, node);
        const commands = new RotationCommands(pve, call, node);
        // Of two at once neither could tell which of them logrotate complains of.
        await pve.limits([`host:${node}`], call, () => putRotation(commands, call, at, { wanted, was, creating }));
        return at;
      },
      async remove(call, { node, path, __mark, __awaited }) {
        const commands = await commandsOn(call, node);
        await commands.clear(path, (text) => markIn(text) === __mark);
        const packaged = await commands.packageOf(path);
        const text = await commands.read(path);
        if (text === undefined) return;
        const stays = `${path} on node ${node} stays`;
        if (markIn(text) !== __mark) {
          // Killed before it took the place, an attempt has left its file another name.
          if (__awaited === true) await commands.letGo(path, (kept) => kept === text);
          if (__awaited === true) return call.report.result(`${stays}: this resource has not written it`);
          return call.report.warn(`${stays}: somebody else has written it anew`);
        }
        if (await commands.bringBack(path))
          return call.report.result(`${path} on node ${node} is as it was before it was to be taken over`);
        if (packaged !== undefined)
          return call.report.warn(
            `${stays}: package ${packaged} has brought one of its name, which would not come back`,
          );
        await commands.remove(path);
        call.report.result(`${path} on node ${node} is deleted; logs stay as they are, and are rotated by it no more`);
      },
    },
    session,
  );
};

/** What is not known yet counts as it was: nothing is said of it. */
const knownOrWas = (call: Call, inputs: Partial<LogRotationInputs>, was: Partial<LogRotationInputs>) => ({
  rotate: isUnknown(call.inputs["rotate"]) ? was.rotate : inputs.rotate,
  maxAge: isUnknown(call.inputs["maxAge"]) ? was.maxAge : inputs.maxAge,
});

const others = ["node", "name", "logs", "adopt", "timeouts"];
const isSetting = (field: string): boolean => !others.includes(field);
