
†


service.name
appê

ai
Q-Ë+ƒ¿Â6RÄ™ŸÇX@‹€¸D"H>ï-›Ñ‘*ai.generateText.doGenerate09Àuš’pêAvy1’pêJ0
operation.name
ai.generateText.doGenerate fJ
resource.name
fJ.
ai.operationId
ai.generateText.doGenerateJ
ai.telemetry.functionId
fJ"
ai.model.provider
openai.chatJ
ai.model.id
rate-limitedJ
ai.settings.maxRetriesJ$
ai.telemetry.metadata.userId
u1J
gen_ai.system
openai.chatJ&
gen_ai.request.model
rate-limitedZ9	œR0’pê	exception#
exception.type
AI_APICallErrorzRate limit reached
Q-Ë+ƒ¿Â6RÄ™ŸÇX@‹€¸D"H>ï-›Ñ‘*ai.generateText.doGenerate09Àuš’pêAvy1’pêJ0
operation.name
ai.generateText.doGenerate fJ
resource.name
fJ.
ai.operationId
ai.generateText.doGenerateJ
ai.telemetry.functionId
fJ"
ai.model.provider
openai.chatJ
ai.model.id
rate-limitedJ
ai.settings.maxRetriesJ$
ai.telemetry.metadata.userId
u1J
gen_ai.system
openai.chatJ&
gen_ai.request.model
rate-limitedZ9	œR0’pê	exception#
exception.type
AI_APICallErrorzRate limit reachedÜ
Q-Ë+ƒ¿Â6RÄ™ŸÇH>ï-›Ñ‘*ai.generateText09@ú¦‡‘pêA8GA’pêJ%
operation.name
ai.generateText fJ
resource.name
fJ#
ai.operationId
ai.generateTextJ
ai.telemetry.functionId
fJ"
ai.model.provider
openai.chatJ
ai.model.id
rate-limitedJ
ai.settings.maxRetriesJ$
ai.telemetry.metadata.userId
u1J
ai.settings.maxStepsZ7	ûA’pê	exception!
exception.type
AI_RetryErrorz;7Failed after 2 attempts. Last error: Rate limit reachedÜ
Q-Ë+ƒ¿Â6RÄ™ŸÇH>ï-›Ñ‘*ai.generateText09@ú¦‡‘pêA8GA’pêJ%
operation.name
ai.generateText fJ
resource.name
fJ#
ai.operationId
ai.generateTextJ
ai.telemetry.functionId
fJ"
ai.model.provider
openai.chatJ
ai.model.id
rate-limitedJ
ai.settings.maxRetriesJ$
ai.telemetry.metadata.userId
u1J
ai.settings.maxStepsZ7	ûA’pê	exception!
exception.type
AI_RetryErrorz;7Failed after 2 attempts. Last error: Rate limit reached