import { sha256 } from "../kernel/state/sha256";
import type { FoundFile, GuestFiles } from "./guest-files";
import { kept, type GuestRecord, type RecordOwner } from "./guest-record";
import { ScriptRoom } from "./script-room";
import { allFiles, modeOf, ownerOf, projectFile, type GuestConfigInputs, type GuestFile } from "./guest-config.model";

/** What is written of a guest as it is now; contents of others are told by their checksums, never as what they are. */
export async function liveGuest(
  guest: GuestFiles,
  owner: Pick<RecordOwner, "mark">,
  wanted: Partial<GuestConfigInputs>,
  record: GuestRecord,
): Promise<Partial<GuestConfigInputs>> {
  const installed = await guest.installed(wanted.packages ?? []);
  const all = allFiles(wanted);
  const there = await guest.at(all.map(({ path }) => path));
  const sums = await guest.sums([...there].filter(([, { kind }]) => kind === "file").map(([path]) => path));
  const contentOf = (path: string, content: unknown): string => {
    const found = there.get(path);
    if (!found) return "(not in the guest)";
    const sum = sums.get(path);
    if (sum === undefined) return "(no file any more)";
    const same =
      typeof content === "string" ? sum === sha256(content) : sum === (record.files[path] ?? record.seen?.[path]);
    return same ? (content as string) : `(changed in the guest: sha256 ${sum})`;
  };
  const scripts: GuestConfigInputs["scripts"] = [];
  const room = new ScriptRoom(guest, owner.mark);
  // What a reference leads to is not asked for here: its check is looked at by the next update.
  const checks = ({ check }: { readonly check?: unknown }): boolean => typeof check === "string";
  const checked = wanted.scripts?.some(checks) === true;
  if (checked) await room.open();
  for (const script of wanted.scripts ?? []) {
    const done = checks(script) ? await room.isDone(script) : hasRun(script, record);
    scripts.push(done ? script : { ...script, run: "(to be run)" });
  }
  if (checked) await room.close();
  return {
    ...(wanted.packages ? { packages: wanted.packages.filter((name) => installed.has(name)) } : {}),
    ...(wanted.files
      ? {
          files: wanted.files.map((file) => ({
            ...file,
            content: contentOf(file.path, file.content),
            ...attributes(file, there.get(file.path)),
          })),
        }
      : {}),
    ...(wanted.scripts ? { scripts } : {}),
    ...(wanted.compose
      ? {
          compose: wanted.compose.map((project) => {
            const content = contentOf(projectFile(project.name), project.content);
            const started = kept(record.projects, project.name) === sums.get(projectFile(project.name));
            return { ...project, content: started || content !== project.content ? content : "(not started)" };
          }),
        }
      : {}),
  };
}

/** By the record; of a reference no more is known than that something has run. */
function hasRun(
  { name, run, check }: { readonly name: string; readonly run: unknown; readonly check?: unknown },
  { scripts }: GuestRecord,
): boolean {
  if (check !== undefined) return true;
  const ran = kept(scripts, name);
  return typeof run === "string" ? ran === sha256(run) : ran !== undefined;
}

/** Mode and owner where they are other ones than wanted. */
function attributes(file: GuestFile, found: FoundFile | undefined): Partial<GuestFile> {
  if (!found) return {};
  const { owner, group } = ownerOf(file);
  return {
    ...(found.mode === modeOf(file) ? {} : { mode: found.mode.toString(8).padStart(4, "0") }),
    ...(found.owner === owner && found.group === group ? {} : { owner: `${found.owner}:${found.group}` }),
  };
}
