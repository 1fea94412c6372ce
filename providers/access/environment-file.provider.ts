import { createHmac, randomBytes } from "node:crypto";
import os from "node:os";
import path from "node:path";
import { messageOf } from "../kernel/call/failure";
import { define } from "../kernel/define";
import { isOwnerKnown, ownerMark } from "../kernel/identity/mark";
import type { Session } from "../kernel/session/session";
import { environmentFileModel, environmentText, markIn, type EnvironmentFileInputs } from "./environment-file.model";
import {
  lookAt,
  lookAtLink,
  refusedDirectory,
  removeLink,
  removePrivate,
  writeLink,
  writePrivate,
  type Found,
} from "./private-file";

interface EnvironmentFileOutputs {
  /** Absolute path of the file. */
  readonly file: string;
  /** What its first line tells. */
  readonly __mark: string;
  /** Keyed hash of the file as it was last written, and its key, which no other file has. */
  readonly __hash: string;
  readonly __key: string;
}

const absolute = (file: string): string =>
  file === "~" || file.startsWith("~/") ? path.join(os.homedir(), file.slice(1)) : path.resolve(file);

/** The link of a file, and where it leads: nobody's link who has moved the directory. */
const linkOf = (file: string, link: string): [link: string, to: string] => [
  path.join(path.dirname(file), link),
  path.basename(file),
];

/** What is in the way of a link; undefined when nothing is. */
async function inTheWay(
  file: string,
  { link, overwrite }: Partial<EnvironmentFileInputs>,
): Promise<string | undefined> {
  if (link === undefined) return undefined;
  const [at, to] = linkOf(file, link);
  const found = await lookAtLink(at);
  if (found === undefined || found === to || (found !== null && overwrite === true)) return undefined;
  return foreign(at, found === null ? "which is no symbolic link" : "a symbolic link that leads elsewhere");
}

const hashed = (key: string, content: string): string => createHmac("sha256", key).update(content).digest("hex");

const foreign = (file: string, what: string): string =>
  `${file} is there already, ${what}, and stays as it is; write another path, or overwrite: true for a file`;
const notOurs = "not written by this resource";

/** Throws unless the file may be replaced: it has one of these marks, or the program says so. */
function mayReplace(file: string, found: Found, marks: readonly string[], overwrite: boolean | undefined): void {
  if (found.kind === "nothing") return;
  if (found.kind === "other") throw new Error(foreign(file, found.what));
  const mark = markIn(found.content);
  if (overwrite !== true && (mark === undefined || !marks.includes(mark))) throw new Error(foreign(file, notOurs));
}

/** How the file differs from what was last written. */
function difference(found: Found, at: EnvironmentFileOutputs): string | undefined {
  if (found.kind === "nothing") return "is missing";
  if (found.kind === "other") return `is ${found.what}`;
  if (hashed(at.__key, found.content) !== at.__hash) return "was changed";
  return found.isPrivate ? undefined : "has another mode than 0600, or another owner";
}

export const environmentFileProvider = (session: Session) =>
  define<EnvironmentFileInputs, EnvironmentFileOutputs>(
    {
      kind: "EnvironmentFile",
      model: environmentFileModel,
      outputs: ["file", "__mark", "__hash", "__key"],
      timeouts: { create: "1m", update: "1m", delete: "1m", read: "1m" },
      async inspect(call, inputs, was) {
        if (inputs.path === undefined) return [];
        const file = absolute(inputs.path);
        let found: Found;
        try {
          const refused = await refusedDirectory(path.dirname(file));
          if (refused !== undefined) return [{ path: "path", message: refused }];
          found = await lookAt(file);
        } catch (error) {
          return [{ path: "path", message: `${file} cannot be looked at: ${messageOf(error)}` }];
        }
        const occupied = await inTheWay(file, inputs);
        if (occupied !== undefined) return [{ path: "link", message: occupied }];
        if (found.kind === "other") return [{ path: "path", message: foreign(file, found.what) }];
        if (found.kind === "nothing" || inputs.overwrite) return [];
        const mark = markIn(found.content);
        const { __stack: stack, __urn: urn } = (was ?? {}) as Record<string, unknown>;
        const before = typeof stack === "string" && typeof urn === "string" ? ownerMark(stack, urn) : undefined;
        // A preview may not know the mark.
        const ours = mark !== undefined && (!isOwnerKnown(call) || mark === call.mark || mark === before);
        return ours ? [] : [{ path: "path", message: foreign(file, notOurs) }];
      },
      async due(_call, at, { link }) {
        const differs = difference(await lookAt(at.file), at);
        if (differs !== undefined) return `${at.file} ${differs}: written again`;
        if (link === undefined) return undefined;
        const [there, to] = linkOf(at.file, link);
        return (await lookAtLink(there)) === to ? undefined : `${there} does not lead to it: made again`;
      },
      async observe(_call, at, wanted) {
        const found = await lookAt(at.file);
        if (found.kind === "nothing") return undefined;
        const differs = difference(found, at);
        // Never its text, which somebody else may have written.
        const live = differs === undefined ? {} : { format: `(the file ${differs})` as "virgo" };
        return { inputs: { ...wanted, ...live }, outputs: at };
      },
      async ensure(call, inputs, made) {
        const file = absolute(inputs.path);
        const key = randomBytes(32).toString("hex");
        const at = {
          ...{ file, __mark: call.mark, __key: key },
          __hash: hashed(key, environmentText(inputs, call.mark)),
        };
        mayReplace(file, await lookAt(file), [call.mark], inputs.overwrite);
        const refused = await refusedDirectory(path.dirname(file));
        if (refused !== undefined) throw new Error(refused);
        await call.safePoint();
        made(file, at);
        return { id: file, at };
      },
      async sync(call, at, inputs, was) {
        const text = environmentText(inputs, call.mark);
        const next = { ...at, __mark: call.mark, __hash: hashed(at.__key, text) };
        if (difference(await lookAt(at.file), next) !== undefined) {
          await writePrivate(at.file, text, (found) =>
            mayReplace(at.file, found, [at.__mark, call.mark], inputs.overwrite),
          );
          call.report.result(at.file);
        }
        // A link never leads to what is not there.
        if (inputs.link !== undefined) await writeLink(...linkOf(at.file, inputs.link), inputs.overwrite === true);
        if (was.link !== undefined && was.link !== inputs.link) await removeLink(...linkOf(at.file, was.link));
        return next;
      },
      async remove(call, at, { link }) {
        if (link !== undefined) await removeLink(...linkOf(at.file, link));
        if (!(await removePrivate(at.file, (content) => markIn(content) === at.__mark)))
          call.report.warn(`${at.file} stays: it is no longer the file that this resource has written`);
      },
    },
    session,
  );
