import { Redactor } from "../../../pve";
import {
  configSource,
  environmentSource,
  infisical,
  SecretNotFound,
  SourceRefused,
  SourceUnavailable,
  type SecretReference,
  type SecretSource,
  type SecretStore,
  type SourceName,
} from "../../../secrets";
import type { SecretSettings } from "../session/cluster-config";
import { suggestion } from "../state/problems";

/** The secrets of one plugin process: looked up when needed, and from then on kept out of every message. */
export interface Secrets {
  /** For operations: the value, or an error that says where was looked. */
  reveal(reference: SecretReference): Promise<string>;
  /** For previews: undefined, and one warning for the whole run, when a source cannot be asked. */
  peek(reference: SecretReference): Promise<string | undefined>;
  /** Where secrets are written to, for operations. */
  store(): SecretStore;
  /** For checks: a look at the store; undefined, with the same one warning, when it cannot be asked. */
  look<T>(look: (store: SecretStore) => Promise<T>): Promise<T | undefined>;
  /** Whether a problem that several resources have in common has not been told yet. */
  firstTime(problem: string): boolean;
  /** Keeps a value out of messages. */
  remember(value: string): void;
  redact(text: string): string;
}

interface SecretsParts {
  settings(): SecretSettings;
  readonly env: NodeJS.ProcessEnv;
  warn(message: string): void;
  /** Told of every value that turns up, for logs of their own. */
  onValue(value: string): void;
}

export function createSecrets({ settings, env, warn, onValue }: SecretsParts): Secrets {
  const redactor = new Redactor();
  const known = new Set<string>();
  const reported = new Set<string>();
  let opened: { readonly sources: ReadonlyMap<SourceName, SecretSource>; readonly store: SecretStore } | undefined;
  /** Places that could not be asked in this preview. */
  const unavailable = new Set<string>();

  function ready(): NonNullable<typeof opened> {
    if (!opened) {
      const { infisical: place, get } = settings();
      const { source, store } = infisical({ ...place, env });
      const made = [source, environmentSource(env), configSource(get)];
      opened = { sources: new Map(made.map((one) => [one.name, one])), store };
    }
    return opened;
  }

  function remember(value: string): void {
    if (known.has(value)) return;
    known.add(value);
    redactor.add(value);
    // Of a key or a document each line is as good as the whole.
    if (value.includes("\n")) for (const line of value.split(/\r?\n/)) if (line.length >= 16) redactor.add(line);
    onValue(value);
  }

  async function reveal(reference: SecretReference): Promise<string> {
    const order = reference.from ? [reference.from] : settings().order;
    const asked = order.flatMap((name) => ready().sources.get(name) ?? []);
    const looked: string[] = [];
    for (const source of asked) {
      const missing = source.unconfigured?.(reference);
      if (missing !== undefined) {
        if (reference.from) throw new SourceRefused(`${source.name} is not set up: ${missing}`);
        looked.push(`${source.name} (not set up: ${missing})`);
        continue;
      }
      // Not the next source when this one fails: it could hold another value of the same name.
      const value = await source.find(reference);
      if (value !== undefined) {
        remember(value);
        return value;
      }
      looked.push(source.place(reference));
    }
    const names = await Promise.all(
      asked.map(async (source) => (source.unconfigured?.(reference) === undefined ? source.names(reference) : [])),
    );
    const { secretRef } = reference;
    throw new SecretNotFound(
      `there is no secret ${secretRef}; looked in: ${looked.join("; ")}${suggestion(secretRef, names.flat())}`,
    );
  }

  /** Undefined, and one warning for the run, when the place cannot be asked. */
  async function seen<T>(key: string, work: () => Promise<T>): Promise<T | undefined> {
    if (unavailable.has(key)) return undefined;
    try {
      return await inTime(work(), settings().previewTimeoutMs);
    } catch (error) {
      if (!(error instanceof SourceUnavailable)) throw error;
      if (unavailable.size === 0)
        warn(`values of secrets were not looked up, new ones show no change: ${error.message}`);
      unavailable.add(key);
      return undefined;
    }
  }

  return {
    reveal,
    remember,
    store: () => ready().store,
    look: (look) => seen("the store", () => look(ready().store)),
    firstTime: (problem) => !reported.has(problem) && reported.add(problem).size > 0,
    redact: (text) => redactor.text(text),
    peek({ secretRef, ...place }) {
      return seen(JSON.stringify(place), () => reveal({ secretRef, ...place }));
    },
  };
}

/** A preview must not hang where the source is out of reach; what is under way goes on for those who can wait. */
async function inTime<T>(work: Promise<T>, longestMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new SourceUnavailable(`no answer within ${longestMs / 1000} s`)), longestMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
