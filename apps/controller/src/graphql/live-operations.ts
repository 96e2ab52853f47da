import { Inject, Injectable } from '@nestjs/common';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { AppError } from '@usher/contracts';
import { GraphQLError, Kind, type ExecutionArgs, type GraphQLFormattedError, type OperationDefinitionNode } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { ControllerConfig } from '../config.js';
import { CONTROLLER_CONFIG } from '../infrastructure.js';
import type { GraphqlContext } from './context.js';
import { ErrorsFilter } from './errors.filter.js';
import { checkOperation } from './limits.rule.js';
import type { LiveConnection } from './live-connections.js';
import { OperationGate } from './operation-gate.js';

/** What may run over a WebSocket: subscriptions, inside the limits of the HTTP edge. */
@Injectable()
export class LiveOperations {
  constructor(
    private readonly schemaHost: GraphQLSchemaHost,
    private readonly gate: OperationGate,
    private readonly filter: ErrorsFilter,
    @Inject(CONTROLLER_CONFIG) private readonly config: ControllerConfig,
  ) {}

  /** Checks an operation and books its place; the errors are answers, not exceptions. */
  begin(connection: LiveConnection, id: string, payload: SubscribePayload): ExecutionArgs | readonly GraphQLError[] {
    try {
      const { schema } = this.schemaHost;
      this.gate.count(connection.actor);
      const { document, errors } = checkOperation(schema, payload.query, this.config.development);
      if (errors.length > 0) return errors;
      const operations = document.definitions.filter((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION);
      if (operations.length !== 1 || operations[0]!.operation !== 'subscription') {
        throw new AppError('VALIDATION_FAILED', 'Only one subscription at a time runs over a live connection; send the rest by POST.', { reason: 'operation' });
      }
      connection.running.set(id, this.gate.hold(`connection ${connection.id}`));
      const contextValue: GraphqlContext = { actor: connection.actor, correlationId: connection.id, userAgent: null, loaders: new Map() };
      return { schema, document, variableValues: payload.variables, contextValue };
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      const original = error instanceof Error ? error : new Error(String(error));
      return [new GraphQLError(original.message, { originalError: original })];
    }
  }

  end(connection: LiveConnection, id: string): void {
    connection.running.get(id)?.();
    connection.running.delete(id);
  }

  formatted(errors: readonly GraphQLError[]): GraphQLFormattedError[] {
    return errors.map((error) => this.filter.format(error));
  }
}
