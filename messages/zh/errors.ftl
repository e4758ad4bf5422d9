### 错误代码的标题与说明，以及列出它们的页面。

## 页面 /docs/errors

errors_title = 错误代码
errors_documents =
    每个错误都是一个问题文档（RFC 9457，`application/problem+json`）。其 `type` 链接到本页，`code` 是错误的类别。代码的名称、状态和含义不会改变。`title` 和 `detail` 是文本，采用 `Accept-Language` 的语言，可能改变；`reason` 是同样内容的数据：一个代码及其参数。以后可能增加新代码：遇到未知的代码，请按其状态处理。
errors_fields =
    输入被拒绝（422）时，`errors` 列出有误的字段，最多 { $most } 个，每个都有 `field`、`position`、`message`、`reason` 和 `code`。文档本身的成员描述其中的第一个。
errors_codes = 代码
errors_example = 示例：{ $example }
errors_api = 完整 API

## 问题文档的标题

title_malformed_http = 不是 HTTP 请求
title_malformed_json = 请求体不是有效的 JSON
title_malformed_multipart = 请求体不是有效的 multipart/form-data
title_malformed_encoding = 请求体与 Content-Encoding 不符
title_key_missing = 缺少 API 密钥
title_key_unknown = API 密钥无效
title_service_without_keys = 服务未设置密钥
title_foreign_origin = 来自其他来源的页面
title_foreign_host = 其他主机的主机名
title_not_from_the_page = 浏览器表单
title_unknown_path = 路径不存在
title_unknown_file = 文件不存在
title_unknown_experiment = 实验不存在
title_unknown_figure = 图不存在
title_not_a_sweep = 不是扫描
title_wrong_method = 该路径不支持此方法
title_header_too_slow = 请求头传输过慢
title_body_too_slow = 请求体传输过慢
title_not_finished = 实验尚未结束
title_without_result = 实验结束但没有结果
title_body_too_large = 请求体过大
title_target_too_long = 路径与查询过长
title_unsupported_encoding = 不支持请求体的编码
title_unsupported_media_type = 不支持请求体的类型
title_invalid_value = 值无效
title_missing_field = 缺少字段
title_unknown_field = 未知字段
title_conflicting_fields = 字段冲突
title_limit_exceeded = 超出服务允许的上限
title_duplicate_key = JSON 中名称重复
title_guarantees_unmet = 无法满足的保底
title_gini_unreachable = 未能达到的基尼系数
title_unreadable_data = 无法读取的数组或表格
title_idempotency_key_reused = Idempotency-Key 已用于其他请求
title_too_many_requests = 同时进行的请求过多
title_header_too_large = 请求头过大
title_client_gone = 客户端已关闭连接
title_internal_error = 服务出错
title_worker_lost = 工作进程已终止
title_queue_full = 等待的任务过多
title_too_many_connections = 连接过多
title_no_room_for_body = 没有空间存放请求体
title_not_ready = 服务尚未就绪
title_database_unavailable = 数据库无法使用
title_time_limit = 已达到时间上限

## 说明：代码的含义，以及客户端可以怎么做

description_malformed_http = 连接上的数据不是 HTTP/1.1。连接随即关闭。
description_malformed_json = 请求体或 `problem` 部分不是有效的 JSON。消息会给出行号和列号。JSON 没有 NaN 和 Infinity；不允许的配对用 null 表示。
description_malformed_multipart = multipart 请求体没有边界，或无法拆分为各个部分。请用 HTTP 库生成请求体及其 `Content-Type`。
description_malformed_encoding = 请求体无法按其 `Content-Encoding` 解码，或不完整。
description_key_missing = 服务需要密钥，而请求没有提供。请发送 `Authorization: Bearer KEY`。
description_key_unknown = 服务不认识此密钥。请检查密钥，或向运维人员索取新密钥。
description_service_without_keys = 未设置密钥的服务只答复来自本机的请求。运维人员可以设置 `WHALE_API_KEYS`，或用 `whale-matching serve` 启动服务，后者会生成密钥。
description_foreign_origin = 请求来自其他来源的页面，而服务不允许该来源。运维人员可以通过 `WHALE_CORS_ORIGINS` 允许该来源。
description_foreign_host = 未设置密钥的服务只接受 `localhost` 或本机地址作为 `Host`，以防止网页通过其他名称访问它（DNS 重绑定）。
description_not_from_the_page = 请求来自浏览器，且其形式是任何网站都能发送的。未设置密钥时，服务只接受浏览器发送的 JSON，或带有请求头 `X-Requested-With` 的 `multipart/form-data`。
description_unknown_path = 服务没有此路径。`/openapi.json` 列出了全部路径。
description_unknown_file = 页面没有此名称的文件。
description_unknown_experiment = 没有此 id 的实验，或它已被删除。`GET /experiments` 列出全部实验。
description_unknown_figure = 该实验没有此名称的图。`GET /experiments/ID/figures` 列出它的图。
description_not_a_sweep = 该实验不是扫描。只有扫描才有图、报告和配置。
description_wrong_method = 路径存在，但不支持此方法。响应头 `Allow` 列出该路径支持的方法。
description_header_too_slow = 请求头未能在规定时间内传完（`WHALE_HEADER_SECONDS`）。连接随即关闭。
description_body_too_slow = 请求体停顿过久（`WHALE_BODY_SECONDS`），或平均速度过慢（`WHALE_MIN_BYTES_PER_SECOND`）。连接随即关闭。
description_not_finished = 该实验还没有结果。请关注 `/experiments/ID/events`，或稍后重试。
description_without_result = 该实验失败或已取消，因此没有结果。`GET /experiments/ID` 会给出原因。请重新提交。
description_body_too_large = 请求体超出服务接受的大小（`WHALE_MAX_BODY_BYTES`）。请以 `.npy` 或 Parquet 部分发送数组，或拆分请求。
description_target_too_long = 路径与查询超出服务接受的长度。连接随即关闭。
description_unsupported_encoding = 服务无法解码此 `Content-Encoding`。响应头 `Accept-Encoding` 列出可接受的编码。没有 `Content-Encoding` 的请求体不会被解码。
description_unsupported_media_type = 该路径不接受此 `Content-Type`。响应头 `Accept` 列出可接受的类型。
description_invalid_value = 某个值的类型错误、超出范围，或与其他值不符。`field` 和 `position` 指出位置；`errors` 列出所有有误的字段。
description_missing_field = 缺少必填字段。
description_unknown_field = 该路径没有此字段或部分。请对照 OpenAPI 文档检查拼写。
description_conflicting_fields = 两个字段互斥，或同一内容给出了两次。请去掉其中一个。
description_limit_exceeded = 请求有效，但超出此服务的上限。消息会给出运维人员可以更改的设置。
description_duplicate_key = JSON 请求体中的某个对象有重复的名称。请去掉其中一个。
description_guarantees_unmet = 没有任何分配能满足全部 `min_users`。`streamers` 是无法同时满足的主播：去掉其中任意一位，其余的都能满足。`needed` 是它们的保底用户总数，`possible` 是最多能展示给它们的用户数。除非 `allow_negative_ev` 为 true，否则不会将用户安排在 EV 为负的主播处。如果 `fill` joint、`allow_negative_ev` 或两者一起能满足全部保底，`remedy` 会包含这些字段。否则，请降低保底、提高上限或允许更多配对。
description_gini_unreachable = 没有找到基尼系数不超过 `fairness.max_gini` 的分配。`nearest` 是找到的最平等的分配及其放弃的比例；如果请求给出了 `max_loss`，它不超过该比例。`gini_at_least` 已经证明：在该比例之内，任何分配都不会更平等。请提高 `max_gini`，或提高、去掉 `max_loss`。
description_unreadable_data = 某个部分或文件的格式不符合要求。
description_idempotency_key_reused = 此 `Idempotency-Key` 已用于另一个请求。新的请求请使用新的键。
description_too_many_requests = 此密钥同时进行的请求超出服务允许的数量（`WHALE_MAX_REQUESTS_PER_KEY`）。请在 `Retry-After` 秒后重试。
description_header_too_large = 请求行和请求头超出服务接受的大小（`WHALE_MAX_HEADER_BYTES`），或字段过多。连接随即关闭。
description_client_gone = 客户端在响应发送之前关闭了连接。此代码只出现在日志和指标中。
description_internal_error = 服务出错。详情见服务日志，可按响应的 `X-Request-ID` 查找。
description_worker_lost = 处理该请求的进程已终止，可能是内存不足。请重试，或发送较小的请求。
description_queue_full = 队列已满（`WHALE_MAX_QUEUE`），或此密钥已用完其份额。请在 `Retry-After` 秒后重试。
description_too_many_connections = 服务的连接数已达上限（`WHALE_MAX_CONNECTIONS`），且没有空闲连接。请在 `Retry-After` 秒后重试。
description_no_room_for_body = 所有请求体合计超出上限（`WHALE_MAX_BODIES_BYTES`），或磁盘已满。请在 `Retry-After` 秒后重试。
description_not_ready = 服务正在启动或停止。请在 `Retry-After` 秒后重试；`/readyz` 会列出尚未就绪的部分。
description_database_unavailable = 实验的数据库无法访问、已锁定或已满。分配不需要数据库，仍可使用。请在 `Retry-After` 秒后重试。
description_time_limit = 计算时间超出服务的上限（`WHALE_MAX_SOLVE_SECONDS`）。请提高 `tolerance`、发送较小的请求，或请运维人员提高上限。
