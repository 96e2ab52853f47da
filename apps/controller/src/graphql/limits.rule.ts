import {
  GraphQLError,
  isListType,
  isNonNullType,
  Kind,
  parse,
  specifiedRules,
  NoSchemaIntrospectionCustomRule,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  validate,
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

export const MAX_TOKENS = 1000;
export const MAX_DEPTH = 8;
export const MAX_ALIASES = 15;
export const MAX_COST = 2000;
/** How many entries a list is taken to have when the fields below it are counted. */
const LIST_FACTOR = 4;

interface Weight {
  readonly depth: number;
  readonly aliases: number;
  readonly cost: number;
}

const NOTHING: Weight = { depth: 0, aliases: 0, cost: 0 };

/**
 * Refuses an operation that is too deep, renames too much or costs too much, as it stands after its fragments are
 * put in place. Each fragment is weighed once, so that fragments of fragments cost no time to refuse.
 */
export const operationLimits: ValidationRule = (context: ValidationContext): ASTVisitor => {
  const scale = new Scale(context.getSchema(), context.getDocument());
  return {
    OperationDefinition(node) {
      if (isIntrospection(node)) return false;
      const weight = scale.operation(node);
      for (const [what, value, limit] of [
        ['deep', weight.depth, MAX_DEPTH],
        ['many aliases', weight.aliases, MAX_ALIASES],
        ['costly', weight.cost, MAX_COST],
      ] as const) {
        if (value > limit) context.reportError(new GraphQLError(`The operation is too ${what}: at most ${limit}.`, { nodes: node }));
      }
      return false;
    },
  };
};

/** Allowed or refused as a whole, by another rule. */
function isIntrospection(node: OperationDefinitionNode): boolean {
  return node.selectionSet.selections.every((field) => field.kind === Kind.FIELD && (field.name.value === '__schema' || field.name.value === '__type'));
}

class Scale {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly weighed = new Map<string, Weight>();

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
  ) {
    for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(node.name.value, node);
  }

  operation(node: OperationDefinitionNode): Weight {
    return this.selection(node.selectionSet, this.schema.getRootType(node.operation) ?? undefined);
  }

  private selection(set: SelectionSetNode, parent: GraphQLOutputType | undefined): Weight {
    let [depth, aliases, cost] = [0, 0, 0];
    for (const node of set.selections) {
      const weight =
        node.kind === Kind.FIELD
          ? this.field(node.name.value, node.alias !== undefined, node.selectionSet, parent)
          : node.kind === Kind.INLINE_FRAGMENT
            ? this.selection(node.selectionSet, this.typeNamed(node.typeCondition?.name.value) ?? parent)
            : this.fragment(node.name.value);
      depth = Math.max(depth, weight.depth);
      aliases += weight.aliases;
      cost += weight.cost;
    }
    return { depth, aliases, cost };
  }

  private field(name: string, hasAlias: boolean, set: SelectionSetNode | undefined, parent: GraphQLOutputType | undefined): Weight {
    const type = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name]?.type : undefined;
    const below = set ? this.selection(set, type && getNamedType(type)) : NOTHING;
    const factor = type && isList(type) ? LIST_FACTOR : 1;
    return { depth: below.depth + 1, aliases: below.aliases + (hasAlias ? 1 : 0), cost: 1 + below.cost * factor };
  }

  private fragment(name: string): Weight {
    const known = this.weighed.get(name);
    if (known) return known;
    const node = this.fragments.get(name);
    if (!node) return NOTHING;
    // A fragment inside itself weighs nothing here; the standard rules refuse it.
    this.weighed.set(name, NOTHING);
    const weight = this.selection(node.selectionSet, this.typeNamed(node.typeCondition.name.value));
    this.weighed.set(name, weight);
    return weight;
  }

  private typeNamed(name: string | undefined): GraphQLOutputType | undefined {
    const type = name === undefined ? undefined : this.schema.getType(name);
    return type && isCompositeType(type) ? type : undefined;
  }
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}

/**
 * What Apollo does for HTTP, done for operations that come another way: parses and validates under the same limits.
 * Throws the syntax error, or returns the validation errors.
 */
export function checkOperation(schema: GraphQLSchema, query: string, allowIntrospection: boolean): { document: DocumentNode; errors: readonly GraphQLError[] } {
  const document = parse(query, { maxTokens: MAX_TOKENS });
  const limits = validate(schema, document, [operationLimits]);
  if (limits.length > 0) return { document, errors: limits };
  const rules = allowIntrospection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  return { document, errors: validate(schema, document, rules, { maxErrors: 5 }) };
}
