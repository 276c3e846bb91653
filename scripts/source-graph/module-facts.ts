import ts from 'typescript';

/** How one module names another. `reference` is a path in a string: a worker, a fork, an entry file. */
export type ImportKind = 'value' | 'type' | 'reference';

/** One import, export-from, dynamic import or referenced file in a module. */
export interface ImportFact {
  readonly specifier: string;
  readonly kind: ImportKind;
  readonly line: number;
  /** Names taken from the other module; '*' when all of them may be. */
  readonly names: readonly string[];
}

/** One exported name of a module. */
export interface ExportFact {
  readonly name: string;
  readonly line: number;
  readonly isType: boolean;
  /** Whether the module itself uses the name besides declaring and exporting it. */
  readonly usedInside: boolean;
}

/** What a module imports and exports, read from its syntax alone. */
export interface ModuleFacts {
  readonly imports: readonly ImportFact[];
  readonly exports: readonly ExportFact[];
}

const SOURCE_LITERAL = /\.(ts|tsx|mts|mjs|js)$/;

/** Reads the imports and exports of one module. No type information, so it is quick and needs no project. */
export function readModuleFacts(path: string, text: string): ModuleFacts {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const reader = new FactReader(file);
  reader.visit(file);
  return { imports: reader.imports, exports: reader.exportFacts() };
}

class FactReader {
  readonly imports: ImportFact[] = [];
  readonly #exports: { name: string; local: string; line: number; isType: boolean }[] = [];
  readonly #uses = new Map<string, number>();
  readonly #file: ts.SourceFile;

  constructor(file: ts.SourceFile) {
    this.#file = file;
  }

  visit(node: ts.Node): void {
    if (ts.isImportDeclaration(node)) this.#importDeclaration(node);
    else if (ts.isExportDeclaration(node)) this.#exportDeclaration(node);
    else if (ts.isCallExpression(node)) this.#call(node);
    else if (ts.isImportTypeNode(node)) this.#importType(node);
    else if (ts.isStringLiteralLike(node)) this.#literal(node);
    else if (ts.isIdentifier(node)) this.#uses.set(node.text, (this.#uses.get(node.text) ?? 0) + 1);
    this.#ownExport(node);
    ts.forEachChild(node, (child) => {
      this.visit(child);
    });
  }

  exportFacts(): ExportFact[] {
    return this.#exports.map(({ name, local, line, isType }) => {
      const declarations = this.#exports.filter((other) => other.local === local).length;
      return { name, line, isType, usedInside: (this.#uses.get(local) ?? 0) > declarations };
    });
  }

  #importDeclaration(node: ts.ImportDeclaration): void {
    if (!ts.isStringLiteral(node.moduleSpecifier)) return;
    const clause = node.importClause;
    const bindings = clause?.namedBindings;
    const names: string[] = clause?.name === undefined ? [] : ['default'];
    let allTypes =
      bindings !== undefined &&
      ts.isNamedImports(bindings) &&
      bindings.elements.length > 0 &&
      clause?.name === undefined;
    if (bindings !== undefined && ts.isNamespaceImport(bindings)) names.push('*');
    if (bindings !== undefined && ts.isNamedImports(bindings)) {
      for (const element of bindings.elements) {
        names.push((element.propertyName ?? element.name).text);
        if (!element.isTypeOnly) allTypes = false;
      }
    }
    const isType = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword || allTypes;
    this.#add(node.moduleSpecifier, isType ? 'type' : 'value', names);
  }

  #exportDeclaration(node: ts.ExportDeclaration): void {
    const clause = node.exportClause;
    const source = node.moduleSpecifier;
    if (clause !== undefined && ts.isNamedExports(clause)) {
      const isType =
        node.isTypeOnly || (clause.elements.length > 0 && clause.elements.every((element) => element.isTypeOnly));
      if (source !== undefined && ts.isStringLiteral(source)) {
        this.#add(
          source,
          isType ? 'type' : 'value',
          clause.elements.map((element) => (element.propertyName ?? element.name).text),
        );
      }
      for (const element of clause.elements)
        this.#export(element.name.text, element, isType || element.isTypeOnly, element.propertyName?.text);
      return;
    }
    if (source === undefined || !ts.isStringLiteral(source)) return;
    this.#add(source, node.isTypeOnly ? 'type' : 'value', ['*']);
    if (clause !== undefined) this.#export(clause.name.text, clause, node.isTypeOnly);
  }

  /** `import('x')`, `require('x')`: every name may be meant. */
  #call(node: ts.CallExpression): void {
    const [first] = node.arguments;
    if (first === undefined || !ts.isStringLiteralLike(first)) return;
    const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword;
    const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require';
    if (isImport || isRequire) this.#add(first, 'value', ['*']);
  }

  #importType(node: ts.ImportTypeNode): void {
    if (ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal))
      this.#add(node.argument.literal, 'type', ['*']);
  }

  /** `new URL('./hash-worker.ts', import.meta.url)` and the like name a file that must exist. */
  #literal(node: ts.StringLiteralLike): void {
    const { parent } = node;
    const isSpecifier =
      ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isLiteralTypeNode(parent);
    if (!isSpecifier && SOURCE_LITERAL.test(node.text) && !this.imports.some((fact) => fact.specifier === node.text))
      this.#add(node, 'reference', ['*']);
  }

  #ownExport(node: ts.Node): void {
    if (ts.isExportAssignment(node)) this.#export('default', node, false);
    if (!ts.canHaveModifiers(node) || node.parent !== this.#file) return;
    const modifiers = ts.getModifiers(node) ?? [];
    if (!modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)) return;
    const isDefault = modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword);
    for (const { name, isType } of declaredNames(node)) this.#export(isDefault ? 'default' : name, node, isType, name);
  }

  #export(name: string, node: ts.Node, isType: boolean, local = name): void {
    this.#exports.push({ name, local, line: this.#lineOf(node), isType });
  }

  #add(specifier: ts.StringLiteralLike, kind: ImportKind, names: readonly string[]): void {
    this.imports.push({ specifier: specifier.text, kind, line: this.#lineOf(specifier), names });
  }

  #lineOf(node: ts.Node): number {
    return this.#file.getLineAndCharacterOfPosition(node.getStart(this.#file)).line + 1;
  }
}

function declaredNames(node: ts.Node): { name: string; isType: boolean }[] {
  if (ts.isVariableStatement(node)) {
    return node.declarationList.declarations
      .flatMap(({ name }) => boundNames(name))
      .map((name) => ({ name, isType: false }));
  }
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
    return [{ name: node.name.text, isType: true }];
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node))
    return [{ name: node.name?.text ?? 'default', isType: false }];
  return [];
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : boundNames(element.name)));
}
