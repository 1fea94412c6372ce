import { isProxmoxError, wire } from "../../pve";
import { isAddress } from "../../pve/format/address";
import type { Call } from "../kernel/call/call";
import { define } from "../kernel/define";
import { isOwnerKnown } from "../kernel/identity/mark";
import type { Pve } from "../kernel/session/pve-session";
import type { Session } from "../kernel/session/session";
import {
  blockIn,
  brokenBlock,
  contradictions,
  sameEntries,
  unwritable,
  withBlock,
  withoutBlock,
  withoutNames,
  type HostsEntry,
  type Other,
} from "./files/hosts-file";
import { hostsEntriesModel, type HostsEntriesInputs } from "./hosts-entries.model";
import { declaredTwice } from "../checks/declared-twice";
import { makes, onNode } from "../checks/made-here";
import { placeInId } from "../checks/place-in-id";

interface HostsEntriesOutputs {
  readonly node: string;
  readonly block: string;
  /** The mark in the file. */
  readonly __mark: string;
}

interface HostsFile {
  readonly data: string;
  readonly digest: string | undefined;
}

async function read(pve: Pve, node: string): Promise<HostsFile> {
  const answer = await pve.api.nodes.$(node).hosts.$get();
  const data = wire.string(answer.data);
  // An empty file comes as an empty text: anything else is no answer of Proxmox's.
  if (data === undefined) throw new Error(`the answer of node ${node} has no /etc/hosts in it; nothing was changed`);
  return { data, digest: wire.string(answer.digest) };
}

/** What of the lines of others gives way, and what forbids to write. */
function othersIn(data: string, block: string, entries: readonly HostsEntry[], override: boolean) {
  const others = contradictions(data, block, entries);
  const yields = ({ own }: Other): boolean => own || override;
  return { givesWay: others.filter(yields), forbids: others.filter((one) => !yields(one)) };
}

const described = ({ line, address, names }: Other): string => `line ${line}, ${address} ${names.join(" ")}`;

function problemsIn(data: string, block: string, entries: readonly HostsEntry[], override: boolean): string[] {
  const { forbids } = othersIn(data, block, entries, override);
  return [
    ...forbids.map(
      (one) =>
        `/etc/hosts has another address for it already (${described(one)}), and whoever asks may get that one; take the line out by hand, or set override: true to take the name out of it`,
    ),
    ...unwritableProblems(data),
  ];
}

function unwritableProblems(data: string): string[] {
  const lines = data.split("\n");
  return unwritable(data, isAddress).map(
    ({ line, why }) =>
      `/etc/hosts cannot be written through Proxmox's API as long as line ${line} ${why}: "${lines[line - 1]?.trim().slice(0, 80) ?? ""}"; change that line by hand`,
  );
}

/** The file as it shall be. */
function wantedText(data: string, at: HostsEntriesOutputs, { entries, override = false }: HostsEntriesInputs): string {
  const { givesWay } = othersIn(data, at.block, entries, override);
  return withBlock(withoutNames(data, givesWay), { name: at.block, mark: at.__mark }, entries);
}

const foreign = (block: string): string =>
  `/etc/hosts has a block "${block}" that another resource or stack has made; write another name as block`;

/** Our own block; undefined when there is none. Throws when it is somebody else's, or nobody can tell. */
function ownBlock(data: string, { block, __mark }: HostsEntriesOutputs) {
  const found = blockIn(data, block);
  if (found === "broken") throw new Error(brokenBlock(block));
  if (found && found.mark !== __mark) throw new Error(foreign(block));
  return found;
}

export const hostsEntriesProvider = (session: Session) =>
  define<HostsEntriesInputs, HostsEntriesOutputs>(
    {
      kind: "HostsEntries",
      model: hostsEntriesModel,
      outputs: ["node", "block", "__mark"],
      timeouts: { create: "2m", update: "2m", delete: "2m", read: "2m" },
      onNode: { node: ({ node }) => node, what: ({ block }) => `block "${block}" of its /etc/hosts` },
      async inspect(call, inputs, was) {
        const { node, block, entries, override = false } = inputs;
        if (node === undefined || block === undefined) return [];
        for (const { names } of entries ?? [])
          for (const name of names) makes(session, "host name", onNode(node, name));
        const problems = declaredTwice(session, call, "block", `the lines of block "${block}" of ${node} are set by`);
        const same = was?.entries !== undefined && entries !== undefined && sameEntries(was.entries, entries);
        if (was?.node === node && was.block === block && same) return problems;
        const { pve, problems: unreachable } = await session.lookAtNode(call, node, "node");
        problems.push(...unreachable);
        if (!pve) return problems;
        try {
          const { data } = await read(pve, node);
          const found = blockIn(data, block);
          if (found === "broken") problems.push({ path: "block", message: brokenBlock(block) });
          else if (found && was?.node !== node && isOwnerKnown(call) && found.mark !== call.mark)
            problems.push({ path: "block", message: foreign(block) });
          if (entries !== undefined) {
            problems.push(
              ...problemsIn(data, block, entries, override).map((message) => ({ path: "entries", message })),
            );
            tellWhatGoes(call, node, othersIn(data, block, entries, override).givesWay);
          }
        } catch (error) {
          if (!isProxmoxError(error)) throw error;
          problems.push({ path: "node", message: `its /etc/hosts cannot be read: ${error.message}` });
        }
        return problems;
      },
      async lookup(call, id) {
        const { node, what: block } = placeInId(id, "pve1/cluster");
        const found = blockIn((await read(await session.node(call, node), node)).data, block);
        if (found === "broken") throw new Error(brokenBlock(block));
        if (!found) throw new Error(`/etc/hosts of node ${node} has no block "${block}"`);
        return { id, outputs: { node, block, entries: found.entries } as Partial<HostsEntriesOutputs> };
      },
      async observe(call, at, wanted) {
        const { data } = await read(await session.node(call, at.node), at.node);
        const found = ownBlock(data, at);
        if (!found) return undefined;
        const entries = found.entries.map(({ address, names }) => ({ address, names: [...names] }));
        const { entries: written = [] } = wanted;
        return {
          inputs: {
            ...wanted,
            ...{ node: at.node, block: at.block, entries: sameEntries(written, entries) ? written : entries },
          },
          outputs: at,
        };
      },
      async ensure(call, inputs, made) {
        const { node, block = "" } = inputs;
        const at = { node, block, __mark: call.mark };
        const { data } = await read(await session.node(call, node), node);
        ownBlock(data, at);
        refuse(problemsIn(data, block, inputs.entries, inputs.override ?? false));
        await call.safePoint();
        made(`${node}/${block}`, at);
        return { id: `${node}/${block}`, at };
      },
      async sync(call, at, inputs) {
        const pve = await session.node(call, at.node);
        await write(pve, call, at, (data) => {
          ownBlock(data, at);
          refuse(problemsIn(data, at.block, inputs.entries, inputs.override ?? false));
          return wantedText(data, at, inputs);
        });
        call.report.result(`node ${at.node}: ${inputs.entries.length} lines in block "${at.block}"`);
        return at;
      },
      async remove(call, at) {
        await write(await session.node(call, at.node), call, at, (data) =>
          ownBlock(data, at) ? withoutBlock(data, at.block) : data,
        );
      },
    },
    session,
  );

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

function tellWhatGoes(call: Call, node: string, others: readonly Other[]): void {
  if (others.length === 0) return;
  const what = others.map(described).join("; ");
  call.report.result(
    `/etc/hosts of node ${node} loses ${what}: what this block says of the same names takes their place`,
  );
}

/** Writes what is made of the file as it is, with its digest, so that nothing is lost that came between. */
async function write(
  pve: Pve,
  call: Call,
  { node }: HostsEntriesOutputs,
  next: (data: string) => string,
): Promise<void> {
  await pve.write(call, {
    what: `changing /etc/hosts of node ${node}`,
    lock: `host:${node}`,
    send: async () => {
      const { data, digest } = await read(pve, node);
      const text = next(data);
      if (text === data) return;
      refuse(unwritableProblems(data));
      await pve.api.nodes.$(node).hosts.$post({ data: text, ...(digest === undefined ? {} : { digest }) });
    },
    happened: async () => {
      const { data } = await read(pve, node);
      return next(data) === data;
    },
  });
}
