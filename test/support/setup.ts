// Loaded by mocha before any test, in every worker (.mocharc.json).
import fs from "node:fs";
import { followTests } from "./secret-scan";
import { networkGuard, outFolder, testEnvironment } from "./environment";

fs.mkdirSync(outFolder, { recursive: true });
Object.assign(process.env, testEnvironment());
require(networkGuard);

export const mochaHooks = {
  beforeEach(this: Mocha.Context): void {
    followTests(this.currentTest?.fullTitle() ?? "");
  },
};
