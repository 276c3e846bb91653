import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { BRIDGE_KEYS } from '#contracts/rpc.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SOURCES = filesBelow(join(ROOT, 'electron')).map((file) => ({
  name: relative(ROOT, file),
  tree: ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true),
}));

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function nodesOf(tree: ts.Node): ts.Node[] {
  const found: ts.Node[] = [tree];
  ts.forEachChild(tree, (child) => {
    found.push(...nodesOf(child));
  });
  return found;
}

/** Files and texts of every node that a rule looks for. */
function findings(isFinding: (node: ts.Node) => boolean): { file: string; text: string }[] {
  return SOURCES.flatMap(({ name, tree }) =>
    nodesOf(tree)
      .filter(isFinding)
      .map((node) => ({ file: name, text: node.getText() })),
  );
}

const isCallTo = (pattern: RegExp) => (node: ts.Node) =>
  ts.isCallExpression(node) && pattern.test(node.expression.getText());

describe('sources of the desktop shell', () => {
  it('are found, or the rules below prove nothing', () => {
    expect(SOURCES.length).toBeGreaterThan(10);
    expect(findings(isCallTo(/^station\.start$/))).toHaveLength(1);
  });

  it('make a window in one place, from secureWindowOptions', () => {
    const windows = findings(
      (node) => ts.isNewExpression(node) && /BrowserWindow|WebContentsView|BrowserView/.test(node.expression.getText()),
    );

    expect(windows).toEqual([
      {
        file: 'electron/main/main-window.ts',
        text: 'new BrowserWindow(secureWindowOptions({ preload, bounds, devTools }))',
      },
    ]);
  });

  it('load only the page of the own scheme', () => {
    expect(findings(isCallTo(/\.(loadURL|loadFile)$/)).map(({ text }) => text)).toEqual([
      'window.loadURL(APP_PAGE_URL)',
    ]);
  });

  it('never open anything outside and never run code in the page', () => {
    expect(
      findings(
        isCallTo(
          /openExternal|openPath|executeJavaScript|insertCSS|executeScript|enableBlinkFeatures|setCertificateVerifyProc|loadExtension/,
        ),
      ),
    ).toEqual([]);
    expect(
      findings(
        (node) =>
          ts.isImportSpecifier(node) && /^(shell|remote|webFrame|clipboard|desktopCapturer)$/.test(node.name.text),
      ),
    ).toEqual([]);
  });

  it('register message handlers only through the checked wrapper', () => {
    const direct = findings(isCallTo(/^ipcMain\b/));
    const wrapped = findings(isCallTo(/^handlers\.handle$/));
    const uses = findings(
      (node) => ts.isIdentifier(node) && node.text === 'ipcMain' && !ts.isImportSpecifier(node.parent),
    );

    expect(direct).toEqual([]);
    expect(uses.map(({ file }) => file)).toEqual(['electron/main/main.ts']);
    expect(wrapped).toHaveLength(2);
  });

  it('take electron values only where no test has to load them', () => {
    const importers = findings(
      (node) =>
        ts.isImportDeclaration(node) &&
        node.moduleSpecifier.getText() === "'electron'" &&
        node.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword,
    );

    expect(importers.map(({ file }) => file).sort()).toEqual([
      'electron/main/main-window.ts',
      'electron/main/main.ts',
      'electron/preload/preload.ts',
    ]);
  });

  it('show the page the named bridge keys and nothing else', () => {
    const preload =
      SOURCES.find(({ name }) => name === 'electron/preload/preload.ts')?.tree ?? expect.fail('no preload');
    const bridge = nodesOf(preload).find(
      (node): node is ts.VariableDeclaration => ts.isVariableDeclaration(node) && node.name.getText() === 'bridge',
    );
    const keys =
      bridge?.initializer !== undefined && ts.isObjectLiteralExpression(bridge.initializer)
        ? bridge.initializer.properties.map((property) => property.name?.getText())
        : [];

    expect(keys).toEqual([...BRIDGE_KEYS]);
    expect(findings(isCallTo(/exposeInMainWorld|exposeInIsolatedWorld/)).map(({ text }) => text)).toEqual([
      'contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge)',
    ]);
  });

  it('keep the preload free of anything but electron and the names of the connection', () => {
    const preload =
      SOURCES.find(({ name }) => name === 'electron/preload/preload.ts')?.tree ?? expect.fail('no preload');
    const names = readFileSync(join(ROOT, 'contracts/rpc.ts'), 'utf8');

    expect(
      nodesOf(preload)
        .filter(ts.isImportDeclaration)
        .map((node) => node.moduleSpecifier.getText()),
    ).toEqual(["'electron'", "'#contracts/rpc.ts'"]);
    expect(names).not.toMatch(/^import /m);
  });
});
