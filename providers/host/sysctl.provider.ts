import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import { isOwnerKnown } from "../kernel/identity/mark";
import type { Session } from "../kernel/session/session";
import type { Problem } from "../kernel/state/problems";
import { suggestion } from "../kernel/state/problems";
import { NodeCommands, sshProblems } from "./node-commands";
import { isUnreached } from "../checks/unreached";
import { writtenAnew } from "./files/written-anew";
import { parameterPath, plainValue, printSysctl, readSysctl } from "./files/sysctl-file";
import { declaredTwice } from "../checks/declared-twice";
import { placeInId } from "../checks/place-in-id";
import { sysctlModel, type SysctlInputs } from "./sysctl.model";

interface SysctlOutputs {
  readonly node: string;
  readonly path: string;
  /** The mark in the file. */
  readonly __mark: string;
}

const pathOf = (fileName: string): string => `/etc/sysctl.d/${fileName}`;

type Values = Readonly<Record<string, string | number>>;

const texts = (values: Values): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plainValue(String(value))]));

/** Values that the kernel has, by the names of the program. */
async function running(commands: NodeCommands, names: readonly string[]): Promise<Map<string, string>> {
  const seen = await commands.parameters(names);
  const byPath = new Map([...seen].map(([name, value]) => [parameterPath(name), value]));
  return new Map(
    names.flatMap((name) => {
      const value = byPath.get(parameterPath(name));
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

const foreign = (path: string): string =>
  `${path} is there already, and this resource has not written it; write another fileName, or remove the file by hand`;

export const sysctlProvider = (session: Session) => {
  async function commandsOn(call: Call, node: string): Promise<NodeCommands> {
    return new NodeCommands(await session.node(call, node), call, node, "kernel");
  }

  return define<SysctlInputs, SysctlOutputs>(
    {
      kind: "Sysctl",
      model: sysctlModel,
      outputs: ["node", "path", "__mark"],
      timeouts: { create: "3m", update: "3m", delete: "3m", read: "3m" },
      onNode: { node: ({ node }) => node, what: ({ path }) => path },
      async inspect(call, inputs, was) {
        const { node, fileName } = inputs;
        if (node === undefined || fileName === undefined) return [];
        const problems = declaredTwice(
          session,
          call,
          "fileName",
          `the parameters in ${pathOf(fileName)} of ${node} are set by`,
        );
        for (const name of Object.keys(inputs.values ?? {}))
          problems.push(
            ...declaredTwice(session, call, `values.${name}`, `the kernel parameter ${name} of ${node} is set by`),
          );
        if (was?.node === node && was.fileName === fileName && sameValues(was.values, inputs.values)) return problems;
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        problems.push(...unreachable);
        if (!pve) return problems;
        const withoutSsh = sshProblems(pve, "kernel");
        if (withoutSsh.length > 0) return [...problems, ...withoutSsh];
        try {
          problems.push(...(await inspectLive(new NodeCommands(pve, call, node, "kernel"), call, inputs, was)));
        } catch (error) {
          if (!isUnreached(error)) throw error;
          problems.push({ path: "node", message: error.message });
        }
        return problems;
      },
      async lookup(call, id) {
        const { node, what: fileName } = placeInId(id, "pve1/90-tuning.conf");
        if (fileName.includes("/")) throw new Error(`${fileName} is no name of a file in /etc/sysctl.d`);
        const content = await (await commandsOn(call, node)).readFile(pathOf(fileName));
        if (content === undefined) throw new Error(`node ${node} has no file ${pathOf(fileName)}`);
        const values = Object.fromEntries(readSysctl(content.toString("utf8")).values);
        return { id, outputs: { node, fileName, path: pathOf(fileName), values } as Partial<SysctlOutputs> };
      },
      async observe(call, at, wanted) {
        const commands = await commandsOn(call, at.node);
        const content = await commands.readFile(at.path);
        if (content === undefined) return undefined;
        const file = readSysctl(content.toString("utf8"));
        if (file.mark !== at.__mark) throw new Error(writtenAnew(at.path));
        const names = Object.keys(wanted.values ?? {});
        const live = await running(commands, names);
        // What the file says is what the next boot brings; where that is right, what the kernel has.
        const values = names.flatMap((name) => {
          const said = file.values.get(name);
          const asWanted = said !== undefined && said === plainValue(String(wanted.values?.[name] ?? ""));
          const value = asWanted ? live.get(name) : said;
          return value === undefined ? [] : [[name, value] as const];
        });
        const more = [...file.values].filter(([name]) => !names.includes(name));
        return {
          inputs: {
            ...wanted,
            values: Object.fromEntries(
              [...values, ...more].map(([name, value]) => [name, asWritten(name, value, wanted)]),
            ),
          },
          outputs: at,
        };
      },
      async ensure(call, { node, fileName = "" }, made) {
        const at = { node, path: pathOf(fileName), __mark: call.mark };
        const there = await (await commandsOn(call, node)).readFile(at.path);
        if (there !== undefined && readSysctl(there.toString("utf8")).mark !== at.__mark)
          throw new Error(foreign(at.path));
        await call.safePoint();
        made(`${node}/${fileName}`, at);
        return { id: `${node}/${fileName}`, at };
      },
      async sync(call, at, inputs, was) {
        const pve = await session.node(call, at.node);
        const commands = new NodeCommands(pve, call, at.node, "kernel");
        await pve.limits([`host:${at.node}`], call, () => apply(commands, call, at, texts(inputs.values)));
        const left = Object.keys(was.values ?? {}).filter((name) => inputs.values[name] === undefined);
        if (left.length > 0)
          call.report.warn(
            `${left.join(", ")} on node ${at.node}: no longer set; the values stay until the node reboots`,
          );
        return at;
      },
      async remove(call, at) {
        const commands = await commandsOn(call, at.node);
        const there = await commands.readFile(at.path);
        if (there === undefined) return;
        const { mark, values } = readSysctl(there.toString("utf8"));
        if (mark !== at.__mark)
          return call.report.warn(`${at.path} on node ${at.node} stays: somebody else has written it anew`);
        await call.safePoint();
        await commands.removeFile(at.path);
        call.report.result(
          `${at.path} on node ${at.node} is deleted; the values of ${[...values.keys()].join(", ")} stay until the node reboots`,
        );
      },
    },
    session,
  );
};

const sameValues = (one: Values | undefined, other: Values | undefined): boolean =>
  one !== undefined && other !== undefined && printSysctl("", texts(one)) === printSysctl("", texts(other));

/** A number stays one where it means the same. */
function asWritten(name: string, value: string, wanted: Partial<SysctlInputs>): string | number {
  const given = wanted.values?.[name];
  return given !== undefined && plainValue(String(given)) === value ? given : value;
}

/** Which parameters there are not, whose the file is, and what changes. */
async function inspectLive(
  commands: NodeCommands,
  call: Call,
  inputs: Partial<SysctlInputs>,
  was: Partial<SysctlInputs> | undefined,
): Promise<Problem[]> {
  const { node = "", fileName = "", values = {} } = inputs;
  const problems: Problem[] = [];
  const names = Object.keys(values);
  const live = names.length > 0 ? await running(commands, names) : new Map<string, string>();
  for (const name of names.filter((one) => !live.has(one)))
    problems.push({
      path: `values.${name}`,
      message: `node ${node} has no such kernel parameter${suggestion(name, [...live.keys()])}; a module that brings it may not be loaded`,
    });
  if (was?.node !== node || was.fileName !== fileName) {
    const there = await commands.readFile(pathOf(fileName));
    const mark = there && readSysctl(there.toString("utf8")).mark;
    if (there && (mark === undefined || (isOwnerKnown(call) && mark !== call.mark)))
      problems.push({ path: "fileName", message: foreign(pathOf(fileName)) });
  }
  const wanted = texts(values);
  const changes = [...live].filter(([name, value]) => wanted[name] !== value);
  if (problems.length === 0 && changes.length > 0)
    call.report.result(
      `node ${node}: ${changes.map(([name, value]) => `${name} ${value} -> ${wanted[name] ?? ""}`).join(", ")}`,
    );
  return problems;
}

/** Writes the file and lets the kernel take it; one that the kernel refuses is taken back. */
async function apply(
  commands: NodeCommands,
  call: Call,
  at: SysctlOutputs,
  wanted: Readonly<Record<string, string>>,
): Promise<void> {
  const names = Object.keys(wanted);
  const text = printSysctl(at.__mark, wanted);
  const before = await commands.readFile(at.path);
  if (before !== undefined && readSysctl(before.toString("utf8")).mark !== at.__mark) throw new Error(foreign(at.path));
  const differing = async (): Promise<string[]> => {
    const live = await running(commands, names);
    return names.filter((name) => live.get(name) !== wanted[name]);
  };
  if (before?.toString("utf8") === text && (await differing()).length === 0) return;
  await call.safePoint();
  call.report.progress(`writing ${at.path} on node ${at.node}`);
  await commands.writeFile(at.path, Buffer.from(text));
  const said = await commands.loadParameters(at.path);
  const wrong = await differing();
  if (said === undefined && wrong.length === 0) {
    call.report.result(`node ${at.node}: ${names.map((name) => `${name} = ${wanted[name] ?? ""}`).join(", ")}`);
    return;
  }
  if (before === undefined) await commands.removeFile(at.path);
  else await commands.writeFile(at.path, before);
  throw new Error(
    `the kernel of node ${at.node} does not take ${wrong.join(", ") || "all values"}: ${said ?? "they are others than were set"}. ` +
      `${at.path} is ${before === undefined ? "taken away again" : "as it was"}; what the kernel did take stays until it is set anew or the node reboots`,
  );
}
