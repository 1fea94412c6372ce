import path from "node:path";
import { define } from "../kernel/define";
import type { Pve } from "../kernel/session/pve-session";
import type { Call } from "../kernel/call/call";
import { sha256 } from "../kernel/state/sha256";
import type { Session } from "../kernel/session/session";
import { checkNode } from "../checks/nodes";
import { checkStorage } from "../checks/storages";
import { lookupVolume } from "../storage/lookup-volume";
import { nameDigits, snippetModel, snippetName, type SnippetInputs } from "./snippet.model";
import { sshOf, sshProblem } from "../checks/ssh-needed";
import { contentDirectory, noSnippets, writeSnippet } from "./directory";

interface SnippetOutputs {
  readonly volumeId: string;
  readonly node: string;
  /** Of the content as it was last written. */
  readonly __sha256: string;
}

const defaultStorage = "local";

const placeOf = ({ volumeId, node }: Pick<SnippetOutputs, "volumeId" | "node">) => {
  const [storage = "", fileName = ""] = volumeId.split(":snippets/");
  return { node, storage, fileName };
};

const isNamedAfter = ({ volumeId }: SnippetOutputs, content: unknown): boolean =>
  volumeId.endsWith(`-${nameDigits(content) ?? "of what is not known yet"}.yaml`);

async function read(pve: Pve, call: Call, at: SnippetOutputs): Promise<Buffer | undefined> {
  const { node, storage, fileName } = placeOf(at);
  const ssh = sshOf(pve, "reading a snippet", noSnippets);
  const directory = await contentDirectory(pve, node, storage, "snippets");
  return ssh.readFile(node, path.posix.join(directory, fileName), { signal: call.signal });
}

export const snippetProvider = (session: Session) =>
  define<SnippetInputs, SnippetOutputs>(
    {
      kind: "Snippet",
      model: snippetModel,
      outputs: ["volumeId", "node", "__sha256"],
      timeouts: { create: "5m", update: "5m", delete: "5m", read: "2m" },
      async inspect(call, inputs, was) {
        const pve = await session.look(call);
        if (!pve) return [];
        const view = await pve.picture();
        return [
          ...sshProblem(pve, "", noSnippets),
          ...checkNode(view, inputs.node, "node", was?.node),
          ...checkStorage(view, inputs.storage ?? defaultStorage, inputs.node, "snippets", "storage"),
        ];
      },
      /** A file that is named after its content makes way for one of another name. */
      refine: async (call, changes, at) =>
        changes.map((change) =>
          change.path === "content" && call.inputs["fileName"] === undefined && !isNamedAfter(at, change.to)
            ? { ...change, effect: "replace" }
            : change,
        ),
      async lookup(call, id) {
        const { volumeId, node } = await lookupVolume(await session.pve(call), id);
        return { id, outputs: { volumeId, node } };
      },
      async observe(call, at, wanted) {
        const pve = await session.pve(call);
        const content = await read(pve, call, at);
        if (content === undefined) return undefined;
        const { node, storage, fileName } = placeOf(at);
        // The state holds no content but the user's own: another one shows as what it is, not as its text.
        const hash = sha256(content);
        const same = hash === at.__sha256 || wanted.content === content.toString("utf8");
        return {
          inputs: {
            ...wanted,
            ...(same ? {} : { content: `(changed on the node: sha256 ${hash})` }),
            ...{ node, storage, ...(wanted.fileName === undefined ? {} : { fileName }) },
          },
          outputs: at,
        };
      },
      async ensure(call, inputs, made) {
        const pve = await session.pve(call);
        const storage = inputs.storage ?? defaultStorage;
        const at = {
          volumeId: `${storage}:snippets/${snippetName(inputs, call.urn, call.inputs["content"])}`,
          node: inputs.node,
          __sha256: sha256(inputs.content),
        };
        const there = await read(pve, call, at);
        if (there !== undefined && sha256(there) !== at.__sha256)
          throw new Error(`${at.volumeId} is there with another content, and stays as it is; write another fileName`);
        await call.safePoint();
        made(at.volumeId, at);
        return { id: at.volumeId, at };
      },
      async sync(call, at, inputs) {
        const pve = await session.pve(call);
        const mode = Number.parseInt(inputs.mode ?? "600", 8);
        call.report.progress(`writing ${at.volumeId}`);
        await writeSnippet(pve, call, placeOf(at), Buffer.from(inputs.content), mode);
        call.report.result(at.volumeId);
        return { ...at, __sha256: sha256(inputs.content) };
      },
      async remove(call, at) {
        const pve = await session.pve(call);
        const { node, storage } = placeOf(at);
        await pve.task(call, `removing ${at.volumeId}`, async () => {
          const there = await read(pve, call, at);
          if (there === undefined) return null;
          if (sha256(there) === at.__sha256)
            return pve.api.nodes.$(node).storage.$(storage).content.$(at.volumeId).$delete();
          call.report.warn(`${at.volumeId} stays: somebody has changed it`);
          return null;
        });
      },
    },
    session,
  );
