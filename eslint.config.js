import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Prettier takes the brackets off such a condition again, and then `a ?? b ? c : d` reads as `a ?? (b ? c : d)`. */
const NO_UNNAMED_FALLBACK = [
  {
    selector: "ConditionalExpression[test.type='LogicalExpression'][test.operator='??']",
    message: 'Give the fallback a name first: `??` before `?:` is read the wrong way round.',
  },
];

/** Code that decides: no clock, no chance, no I/O. Time comes through `Clock`, ids through `IdSource`. */
const NO_CLOCK_NO_CHANCE = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Time is data: take an Instant or the Clock port.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time is data: take an Instant or the Clock port.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Chance is data: take the IdSource port or a seeded generator.',
  },
  { selector: "MemberExpression[object.name='performance']", message: 'Time is data: take the Clock port.' },
];

/** Every text a person reads goes through the message catalogue. */
const NO_LITERAL_TEXT = [
  {
    selector: 'JSXText[value=/[A-Za-z\\u00C0-\\u024F]{2}/]',
    message: 'Every text goes through the message catalogue: use t(key).',
  },
  {
    selector:
      'JSXAttribute[name.name=/^(label|title|placeholder|alt|aria-label|aria-description|heading|subtitle|helperText|message)$/] > Literal[value=/[A-Za-z]{2}/]',
    message: 'Every text goes through the message catalogue: use t(key).',
  },
  {
    selector: 'JSXExpressionContainer > Literal[value=/[A-Za-z]{2}.*\\s/]',
    message: 'Every text goes through the message catalogue: use t(key).',
  },
];

const STYLE_RULES = {
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
  'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'anywhere' }],
  'no-empty': ['error', { allowEmptyCatch: false }],
  'no-mixed-operators': ['error', { groups: [['&&', '||']] }],
  'no-restricted-syntax': ['error', ...NO_UNNAMED_FALLBACK],
  'no-console': 'error',
  // `== null` is the one comparison that means "null or undefined".
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
  'max-depth': ['error', 3],
  // Three and then an object; the fourth is for the signal or the report of a long job.
  'max-params': ['error', 4],

  // Numbers and dates in a message read well as they are; objects, nulls and unions with them do not.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
  // `void promise` says that nobody waits; `() => void x()` is how an event handler starts work.
  '@typescript-eslint/no-confusing-void-expression': [
    'error',
    { ignoreArrowShorthand: true, ignoreVoidOperator: true },
  ],
  // An async event handler that React or an emitter calls is ordinary; its errors are caught inside.
  '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
  // A port may be implemented without waiting for anything: the signature is the port's, not the adapter's.
  '@typescript-eslint/require-await': 'off',
  // Off: `noPropertyAccessFromIndexSignature` is off too, and `env['HOME']` reads as the untyped key that it is.
  '@typescript-eslint/dot-notation': 'off',
  // Off: services are closures made by `create...` functions, without `this`; taking one of their functions is safe.
  '@typescript-eslint/unbound-method': 'off',
  // Off: one overload an event is how Electron and Node declare their emitters, and how it reads best.
  '@typescript-eslint/unified-signatures': 'off',
  // Off: an empty function is a complete answer where a callback is required and nothing is to be done.
  '@typescript-eslint/no-empty-function': 'off',
  // Off: `interface` and `type` say different things in this code base (a shape to implement, a union or an alias).
  '@typescript-eslint/consistent-type-definitions': 'off',
  // Off: a port with one generic use is how a typed event or a typed row is declared.
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
};

export default defineConfig(
  globalIgnores([
    'dist/',
    'out/',
    'coverage/',
    'node_modules/',
    'test-results/',
    'playwright-report/',
    'test/fixtures/',
  ]),
  tseslint.configs.strictTypeChecked,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: STYLE_RULES,
  },
  {
    files: ['contracts/**', 'core/**', 'station/**'],
    rules: { 'no-restricted-syntax': ['error', ...NO_UNNAMED_FALLBACK, ...NO_CLOCK_NO_CHANCE] },
  },
  {
    // Only composition roots read the environment.
    files: ['contracts/**', 'core/**', 'station/**', 'native/**', 'agent/**', 'renderer/**'],
    // Where the gateway program and its children begin.
    ignores: ['agent/main.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Only a composition root reads the environment; take what you need as an argument.',
        },
      ],
    },
  },
  {
    files: ['renderer/features/**/*.tsx', 'renderer/app/**/*.tsx', 'renderer/display/**/*.tsx'],
    rules: { 'no-restricted-syntax': ['error', ...NO_UNNAMED_FALLBACK, ...NO_LITERAL_TEXT] },
  },
  {
    // A component is one function, and its markup counts: 150 lines as in the style guide.
    files: ['**/*.tsx'],
    rules: { 'max-lines-per-function': ['error', { max: 150, skipBlankLines: true, skipComments: true }] },
  },
  {
    // Tables of data, exempt from the length of a file.
    files: ['contracts/errors/*.ts', 'renderer/messages/**', 'scripts/import-rules/table.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    // A describe block is a chapter, not a function; a row builder takes its columns in order; a missing value fails the test.
    files: ['test/**'],
    rules: {
      'max-lines-per-function': 'off',
      'max-params': 'off',
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    // Callbacks whose parameters Electron and its packager dictate.
    files: ['electron/main/session-lockdown.ts', 'forge.config.ts'],
    rules: { 'max-params': 'off' },
  },
  {
    // Programs that speak to a person on a terminal.
    files: ['scripts/**', 'cli/bin.mjs'],
    rules: { 'no-console': 'off' },
  },
  {
    // Read by Node before anything is installed; typed by JSDoc and checked by the compiler all the same.
    files: ['**/*.mjs', 'eslint.config.js'],
    extends: [tseslint.configs.disableTypeChecked],
  },
);
