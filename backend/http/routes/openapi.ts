import { Router } from 'express';
import { OPENAPI } from '../openapi';

/** `GET /openapi.json`. */
export function openapiRoutes(): Router {
  const router = Router();
  router.get('/openapi.json', (_request, response) => void response.json(OPENAPI));
  return router;
}
