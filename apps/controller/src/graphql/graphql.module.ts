import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { AuthModule } from '../auth/auth.module.js';
import type { ControllerConfig } from '../config.js';
import { CONTROLLER_CONFIG } from '../infrastructure.js';
import { DeadlineInterceptor } from './deadline.interceptor.js';
import { ErrorsFilter } from './errors.filter.js';
import { GRAPHQL_PATH, HttpEdge } from './http-edge.js';
import { MAX_TOKENS, operationLimits } from './limits.rule.js';
import { LiveConnections } from './live-connections.js';
import { LiveOperations } from './live-operations.js';
import { LiveSocket } from './live-socket.js';
import { OperationGate } from './operation-gate.js';
import { schemaOptions } from './schema.js';

/** The guards that both edges share. */
@Global()
@Module({ imports: [AuthModule], providers: [ErrorsFilter, HttpEdge, OperationGate], exports: [ErrorsFilter, HttpEdge, OperationGate] })
class GuardsModule {}

const apollo = GraphQLModule.forRootAsync<ApolloDriverConfig>({
  driver: ApolloDriver,
  imports: [GuardsModule],
  inject: [HttpEdge, ErrorsFilter, CONTROLLER_CONFIG],
  useFactory: (edge: HttpEdge, filter: ErrorsFilter, config: ControllerConfig): Omit<ApolloDriverConfig, 'driver'> => ({
    path: GRAPHQL_PATH,
    autoSchemaFile: true,
    sortSchema: true,
    buildSchemaOptions: schemaOptions,
    context: edge.contextOf.bind(edge),
    formatError: (_formatted, error) => filter.format(error),
    autoTransformHttpErrors: false,
    introspection: config.development,
    graphiql: false,
    parseOptions: { maxTokens: MAX_TOKENS },
    maxRecursiveSelections: 1000,
    validationRules: [operationLimits],
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    hideSchemaDetailsFromClientErrors: true,
    includeStacktraceInErrorResponses: false,
  }),
});

@Module({
  imports: [GuardsModule, AuthModule, apollo],
  providers: [
    LiveConnections,
    LiveOperations,
    LiveSocket,
    { provide: APP_FILTER, useExisting: ErrorsFilter },
    { provide: APP_INTERCEPTOR, useClass: DeadlineInterceptor },
  ],
  exports: [LiveSocket],
})
export class GraphqlEdgeModule {}
