### Titles and descriptions of error codes, and the page that shows them.

## The page /docs/errors

errors_title = Error codes
errors_documents =
    Every error is a problem document (RFC 9457, `application/problem+json`). Its `type` links to this page, and `code` names the kind of error. The name, the status and the meaning of a code never change. `title` and `detail` are text in the language of `Accept-Language`, and may change; `reason` is the same as data: a code and its parameters. New codes may be added: treat an unknown code by its status.
errors_fields =
    If input is refused (422), `errors` lists the fields that are wrong, at most { $most }, each with `field`, `position`, `message`, `reason` and `code`. The members of the document itself describe the first one.
errors_codes = Codes
errors_example = Example: { $example }
errors_api = The whole API

## Titles of problem documents

title_malformed_http = Not an HTTP request
title_malformed_json = Body is not valid JSON
title_malformed_multipart = Body is not valid multipart/form-data
title_malformed_encoding = Body is not what Content-Encoding says
title_key_missing = No API key
title_key_unknown = Unknown API key
title_service_without_keys = The service has no keys
title_foreign_origin = Page of another origin
title_foreign_host = Host name of another machine
title_not_from_the_page = Form of a browser
title_unknown_path = No such path
title_unknown_file = No such file
title_unknown_experiment = No such experiment
title_unknown_figure = No such figure
title_not_a_sweep = Not a sweep
title_wrong_method = Wrong method for this path
title_header_too_slow = Header too slow
title_body_too_slow = Body too slow
title_not_finished = The experiment has not finished
title_without_result = The experiment ended without a result
title_body_too_large = Body too large
title_target_too_long = Path and query too long
title_unsupported_encoding = Encoding of body not taken
title_unsupported_media_type = Type of body not taken
title_invalid_value = Invalid value
title_missing_field = Missing field
title_unknown_field = Unknown field
title_conflicting_fields = Conflicting fields
title_limit_exceeded = Larger than the service allows
title_duplicate_key = The same name twice in JSON
title_guarantees_unmet = Guarantees that cannot be met
title_gini_unreachable = A Gini coefficient that was not reached
title_unreadable_data = Array or table that cannot be read
title_idempotency_key_reused = Idempotency-Key of another request
title_too_many_requests = Too many requests at a time
title_header_too_large = Header too large
title_client_gone = Client closed the connection
title_internal_error = The service failed
title_worker_lost = The worker process died
title_queue_full = Too much is waiting
title_too_many_connections = Too many connections
title_no_room_for_body = No room for the body
title_not_ready = The service is not ready
title_database_unavailable = The database does not work
title_time_limit = The time limit was reached

## Descriptions: the meaning of a code, and what the client can do

description_malformed_http = The bytes on the connection are not HTTP/1.1. The connection is closed.
description_malformed_json = The body, or the part `problem`, is not valid JSON. The message gives the line and the column. JSON has neither NaN nor Infinity; use null for a forbidden pair.
description_malformed_multipart = The multipart body has no boundary, or cannot be split into its parts. Let an HTTP library write the body and its `Content-Type`.
description_malformed_encoding = The body cannot be decoded as its `Content-Encoding` says, or is cut off.
description_key_missing = The service requires a key, and the request has none. Send `Authorization: Bearer KEY`.
description_key_unknown = The service does not know this key. Check it, or ask the operator for a new one.
description_service_without_keys = A service without keys answers only requests from its own machine. The operator can set `WHALE_API_KEYS`, or start the service with `whale-matching serve`, which creates a key.
description_foreign_origin = The request was made by a page of another origin, which the service does not allow. The operator can allow the origin with `WHALE_CORS_ORIGINS`.
description_foreign_host = A service without keys accepts only `localhost` and the addresses of its machine as `Host`. This protects it from pages that reach it under another name (DNS rebinding).
description_not_from_the_page = The request came from a browser, in a form that any website could send. Without keys, the service accepts from a browser only JSON, or `multipart/form-data` with the header `X-Requested-With`.
description_unknown_path = The service has no such path. `/openapi.json` lists all paths.
description_unknown_file = The page has no file of this name.
description_unknown_experiment = There is no experiment with this id, or it was deleted. `GET /experiments` lists all experiments.
description_unknown_figure = The experiment has no figure of this name. `GET /experiments/ID/figures` lists its figures.
description_not_a_sweep = This experiment is not a sweep. Only sweeps have figures, a report and a configuration.
description_wrong_method = The path exists, but not with this method. The header `Allow` lists the methods of the path.
description_header_too_slow = The header of the request was not complete in time (`WHALE_HEADER_SECONDS`). The connection is closed.
description_body_too_slow = The body of the request paused for too long (`WHALE_BODY_SECONDS`), or was too slow on average (`WHALE_MIN_BYTES_PER_SECOND`). The connection is closed.
description_not_finished = The experiment has no result yet. Follow `/experiments/ID/events`, or try again later.
description_without_result = The experiment failed or was cancelled, so that it has no result. `GET /experiments/ID` gives the reason. Submit it again.
description_body_too_large = The body is larger than the service accepts (`WHALE_MAX_BODY_BYTES`). Send arrays as `.npy` or Parquet parts, or split the request.
description_target_too_long = Path and query are longer than the service accepts. The connection is closed.
description_unsupported_encoding = The service cannot decode this `Content-Encoding`. The header `Accept-Encoding` lists the encodings that it accepts. A body without `Content-Encoding` is not decoded.
description_unsupported_media_type = This path does not accept the `Content-Type`. The header `Accept` lists the types that it accepts.
description_invalid_value = A value has the wrong type, is out of range, or does not fit other values. `field` and `position` show where; `errors` lists every field that is wrong.
description_missing_field = A required field is missing.
description_unknown_field = This path has no such field or part. Check the spelling in the OpenAPI document.
description_conflicting_fields = Two fields exclude each other, or the same value is given twice. Remove one of them.
description_limit_exceeded = The request is valid, but exceeds a limit of this service. The message names the setting that the operator can change.
description_duplicate_key = An object in the JSON body has the same name twice. Remove one of them.
description_guarantees_unmet = No allocation meets every `min_users`. `streamers` cannot be met together: without any one of them, the others can. `needed` is the number of users that they are guaranteed, `possible` the most that can be shown to them. A user is never placed at a negative EV unless `allow_negative_ev` is true. If `fill` joint, `allow_negative_ev` or both would meet all guarantees, `remedy` contains these fields. Otherwise lower a guarantee, raise a cap, or allow more pairs.
description_gini_unreachable = No allocation with a Gini coefficient of at most `fairness.max_gini` was found. `nearest` is the most equal one that was found, with its loss. If the request has `max_loss`, it is within that. `gini_at_least` is proven: no allocation within the loss is more equal. Raise `max_gini`, raise `max_loss` or leave it out.
description_unreadable_data = A part or a file is not in the expected format.
description_idempotency_key_reused = This `Idempotency-Key` was used for a different request. Use a new key for a new request.
description_too_many_requests = This key has more requests in progress than the service allows (`WHALE_MAX_REQUESTS_PER_KEY`). Try again after `Retry-After` seconds.
description_header_too_large = The request line and the header fields are larger than the service accepts (`WHALE_MAX_HEADER_BYTES`), or there are too many fields. The connection is closed.
description_client_gone = The client closed the connection before the response was sent. This code appears only in logs and metrics.
description_internal_error = The service failed. Its log has the details, under the `X-Request-ID` of the response.
description_worker_lost = The process that computed the response died, possibly because it ran out of memory. Try again, or send a smaller request.
description_queue_full = The queue is full (`WHALE_MAX_QUEUE`), or this key has used its share of it. Try again after `Retry-After` seconds.
description_too_many_connections = The service has as many connections as it allows (`WHALE_MAX_CONNECTIONS`), and none is idle. Try again after `Retry-After` seconds.
description_no_room_for_body = The bodies of all requests together exceed the limit (`WHALE_MAX_BODIES_BYTES`), or the disk is full. Try again after `Retry-After` seconds.
description_not_ready = The service is starting or stopping. Try again after `Retry-After` seconds; `/readyz` lists what is missing.
description_database_unavailable = The database of experiments is unreachable, locked or full. Allocations work without it. Try again after `Retry-After` seconds.
description_time_limit = The computation took longer than the service allows (`WHALE_MAX_SOLVE_SECONDS`). Raise `tolerance`, send a smaller request, or ask the operator for a higher limit.
