import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import i18next from 'i18next';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { en } from '#renderer/messages/en/index.ts';

const ROOT = join(import.meta.dirname, '../../../../renderer');

type Messages = { readonly [key: string]: string | Messages };

function keysOf(messages: Messages, prefix = ''): string[] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`),
  );
}

const PLURAL = /_(zero|one|two|few|many|other)$/;
const KEYS = keysOf(en);
const NAMES = new Set(KEYS.map((key) => key.replace(PLURAL, '')));

interface SourceText {
  readonly file: string;
  readonly source: ts.SourceFile;
}

function sources(): SourceText[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('rpc'))
    .map((file) => ({
      file,
      source: ts.createSourceFile(
        file,
        readFileSync(join(ROOT, file), 'utf8'),
        ts.ScriptTarget.Latest,
        true,
        file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
      ),
    }));
}

function visit(node: ts.Node, look: (node: ts.Node) => void): void {
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

/** The key argument of every `t(…)`: whole keys, and templates as patterns. */
function usedKeys({ source }: SourceText): { exact: string[]; patterns: RegExp[] } {
  const exact: string[] = [];
  const patterns: RegExp[] = [];
  const take = (argument: ts.Expression): void => {
    if (ts.isStringLiteralLike(argument)) exact.push(argument.text);
    else if (ts.isConditionalExpression(argument)) {
      take(argument.whenTrue);
      take(argument.whenFalse);
    } else if (ts.isTemplateExpression(argument)) {
      const escape = (text: string): string => text.replaceAll('.', '\\.');
      patterns.push(
        new RegExp(
          `^${escape(argument.head.text)}${argument.templateSpans.map((span) => `[^.]+${escape(span.literal.text)}`).join('')}$`,
        ),
      );
    }
  };
  visit(source, (node) => {
    if (
      ts.isCallExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 't' &&
      node.arguments[0] !== undefined
    )
      take(node.arguments[0]);
  });
  return { exact, patterns };
}

const USED = sources().map(usedKeys);

describe('message catalogue', () => {
  it('has every key that a screen asks for', () => {
    const missing = USED.flatMap(({ exact }) => exact).filter((key) => !NAMES.has(key));

    expect(missing).toEqual([]);
  });

  it('has at least one key for every key that is put together', () => {
    const missing = USED.flatMap(({ patterns }) => patterns).filter(
      (pattern) => ![...NAMES].some((name) => pattern.test(name)),
    );

    expect(missing).toEqual([]);
  });

  it('holds no key that nobody asks for', () => {
    const exact = new Set(USED.flatMap((used) => used.exact));
    const patterns = USED.flatMap((used) => used.patterns);
    const unused = [...NAMES].filter((name) => !exact.has(name) && !patterns.some((pattern) => pattern.test(name)));

    expect(unused).toEqual([]);
  });

  it('has both English plural forms wherever it has one', () => {
    const plurals = KEYS.filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, ''));

    for (const name of new Set(plurals)) expect(KEYS).toEqual(expect.arrayContaining([`${name}_one`, `${name}_other`]));
  });

  it('counts by the plural rules of the language', async () => {
    const i18n = i18next.createInstance();
    await i18n.init({ lng: 'en', resources: { en: { translation: en } }, interpolation: { escapeValue: false } });

    expect(i18n.t('audit.chainIntact', { count: 1 })).toBe('1 record, chain intact');
    expect(i18n.t('audit.chainIntact', { count: 12_408, replace: { count: '12,408' } })).toBe(
      '12,408 records, chain intact',
    );
  });

  it('holds no empty text', () => {
    const empty = (messages: Messages): boolean =>
      Object.values(messages).some((value) => (typeof value === 'string' ? value.trim() === '' : empty(value)));

    expect(empty(en)).toBe(false);
  });
});

describe('screens', () => {
  it('hold no text of their own', () => {
    const literal: string[] = [];
    for (const { file, source } of sources()) {
      visit(source, (node) => {
        if (ts.isJsxText(node) && /[A-Za-z]{2,}/.test(node.text)) literal.push(`${file}: ${node.text.trim()}`);
        if (ts.isJsxAttribute(node) && node.initializer !== undefined && ts.isStringLiteral(node.initializer)) {
          const name = node.name.getText(source);
          if (/^(title|alt|label|placeholder|aria-label|aria-description)$/.test(name))
            literal.push(`${file}: ${name}="${node.initializer.text}"`);
        }
      });
    }

    expect(literal).toEqual([]);
  });

  it('import vendors only in renderer/ui', () => {
    const vendors = /^(@siemens\/|ag-grid|uplot|@annotorious\/)/;
    const outside = sources()
      .filter(({ file }) => !file.startsWith('ui/'))
      .filter(({ source }) =>
        source.statements.some(
          (statement) =>
            ts.isImportDeclaration(statement) &&
            ts.isStringLiteral(statement.moduleSpecifier) &&
            vendors.test(statement.moduleSpecifier.text),
        ),
      );

    expect(outside.map(({ file }) => file)).toEqual([]);
  });
});
