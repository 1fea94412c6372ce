import assert from "node:assert/strict";
import { contract, type Schema } from "../../contract/index.js";
import { PveError } from "../../simulator/errors.js";
import { isKnownFormat } from "../../simulator/formats/by-name.js";
import { findRoute } from "../../simulator/api/index.js";
import { formatFailure, perlPattern, schemaOf, verify, type RawParams } from "../../simulator/verify.js";
import { differences, normalise } from "./normalise.js";
import { excuses } from "./excuses.js";
import { readScenario, scenarioNames, type Exchange } from "./recording.js";

/** What verification says of a recorded request: the errors by parameter, or undefined when it passes. */
function errorsOf(exchange: Exchange): Readonly<Record<string, string>> | undefined {
  const route = findRoute(exchange.method, exchange.path.replace(/\/+/g, "/"));
  assert.ok(route);
  const raw = exchange.raw === undefined ? { ...exchange.params } : (JSON.parse(exchange.raw) as RawParams);
  const upload = exchange.upload
    ? { filename: exchange.upload.name ?? "", tmpfilename: `/var/tmp/pveupload-${"0".repeat(32)}` }
    : {};
  try {
    verify(route.endpoint, { ...raw, ...route.variables, ...upload });
    return undefined;
  } catch (error) {
    if (error instanceof PveError && error.errors) return error.errors;
    throw error;
  }
}

function recordedExchanges(): { scenario: string; exchange: Exchange }[] {
  return scenarioNames().flatMap((scenario) =>
    readScenario(scenario)
      .exchanges.filter(({ method, path }) => findRoute(method, path.replace(/\/+/g, "/")) !== undefined)
      .filter(({ raw }) => raw === undefined || /^\{.*\}$/.test(raw))
      .map((exchange) => ({ scenario, exchange })),
  );
}

describe("verification of parameters", () => {
  it("accepts what the real Proxmox accepted", () => {
    // The recorded node's calendar events were not the real ones.
    const trusted = recordedExchanges().filter(({ exchange }) => !exchange.path.endsWith("/schedule-analyze"));
    const accepted = trusted.filter(({ exchange }) => exchange.status === 200);
    const refused = accepted.flatMap(({ scenario, exchange }) => {
      const errors = errorsOf(exchange);
      return errors
        ? [`${scenario} #${exchange.n} ${exchange.method} ${exchange.path}: ${JSON.stringify(errors)}`]
        : [];
    });
    assert.deepEqual(refused, []);
    assert.ok(accepted.length > 3000);
  });

  it("refuses with the texts of the real Proxmox", () => {
    let refused = 0;
    const different: string[] = [];
    for (const { scenario, exchange } of recordedExchanges()) {
      if (excuses(scenario).has(exchange.n)) continue;
      const verified = exchange.reason === "Parameter verification failed.";
      const errors = verified ? errorsOf(exchange) : undefined;
      if (!errors) continue;
      refused++;
      const recorded = (exchange.body as { errors?: unknown }).errors ?? null;
      const where = `${scenario} #${exchange.n} ${exchange.method} ${exchange.path} ${JSON.stringify(exchange.params)}`;
      for (const line of differences(normalise(recorded, "", "errors"), normalise(errors, "", "errors"))) {
        different.push(`${where}: ${line}`);
      }
    }
    assert.deepEqual(different, []);
    assert.ok(refused > 350, String(refused));
  });

  it("knows every format that the contract names", () => {
    const unknown: string[] = [];
    const walk = (schema: Schema, where: string): void => {
      if (typeof schema.format === "string" && !isKnownFormat(schema.format))
        unknown.push(`${where}: ${schema.format}`);
      if (typeof schema.format === "object")
        for (const [key, sub] of Object.entries(schema.format)) walk(sub, `${where}.${key}`);
      if (schema.items) walk(schema.items, `${where}[]`);
      for (const one of schema.oneOf ?? []) walk(one, where);
    };
    for (const [key, { params }] of Object.entries(contract())) {
      for (const [name, schema] of Object.entries(params)) walk(schema, `${key} ${name}`);
    }
    assert.deepEqual(unknown, []);
  });

  it("knows how many indexed keys there are", () => {
    const params = contract()["POST /nodes/{node}/qemu"]?.params ?? {};
    for (const key of ["scsi30", "ide3", "sata5", "virtio15", "net31", "unused255", "hostpci15", "usb13"]) {
      assert.ok(schemaOf(params, key), key);
    }
    for (const key of [
      "scsi31",
      "ide4",
      "sata6",
      "virtio16",
      "net32",
      "unused256",
      "hostpci16",
      "usb14",
      "scsi00",
      "scsi[n]",
    ]) {
      assert.equal(schemaOf(params, key), undefined, key);
    }
  });

  it("takes no exponential time over any pattern or format", () => {
    const params = Object.values(contract()).flatMap((endpoint) => Object.entries(endpoint.params));
    const texts = [
      "x".repeat(40),
      `${"x".repeat(40)}!`,
      `${"1".repeat(40)}!`,
      `${"a-".repeat(20)}!`,
      `${"a.".repeat(20)}!`,
    ];
    for (const [, schema] of params) {
      for (const text of texts) {
        // Whether they fit does not matter here: the test's own time limit fails it when one of them hangs.
        if (schema.pattern !== undefined) assert.equal(typeof perlPattern(schema.pattern).test(text), "boolean");
        if (schema.format !== undefined) assert.ok(formatFailure(schema.format, text, "p") !== null);
      }
    }
  });
});
