import { createHmac, randomBytes } from "node:crypto";
import os from "node:os";
import path from "node:path";
import { messageOf } from "../kernel/call/failure";
import { define } from "../kernel/define";
import { isOwnerKnown, ownerMark } from "../kernel/identity/mark";
import type { Session } from "../kernel/session/session";
import { environmentFileModel, environmentText, markIn, type EnvironmentFileInputs } from "./environment-file.model";
import { lookAt, refusedDirectory, removePrivate, writePrivate, type Found } from "./private-file";

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
        if (found.kind === "other") return [{ path: "path", message: foreign(file, found.what) }];
        if (found.kind === "nothing" || inputs.overwrite) return [];
        const mark = markIn(found.content);
        const { __stack: stack, __urn: urn } = (was ?? {}) as Record<string, unknown>;
        const before = typeof stack === "string" && typeof urn === "string" ? ownerMark(stack, urn) : undefined;
        // A preview may not know the mark.
        const ours = mark !== undefined && (!isOwnerKnown(call) || mark === call.mark || mark === before);
        return ours ? [] : [{ path: "path", message: foreign(file, notOurs) }];
      },
      async due(_call, at) {
        const differs = difference(await lookAt(at.file), at);
        return differs === undefined ? undefined : `${at.file} ${differs}: written again`;
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
      async sync(call, at, inputs) {
        const text = environmentText(inputs, call.mark);
        const next = { ...at, __mark: call.mark, __hash: hashed(at.__key, text) };
        if (difference(await lookAt(at.file), next) === undefined) return next;
        await writePrivate(at.file, text, (found) =>
          mayReplace(at.file, found, [at.__mark, call.mark], inputs.overwrite),
        );
        call.report.result(at.file);
        return next;
      },
      async remove(call, at) {
        if (!(await removePrivate(at.file, (content) => markIn(content) === at.__mark)))
          call.report.warn(`${at.file} stays: it is no longer the file that this resource has written`);
      },
    },
    session,
  );
