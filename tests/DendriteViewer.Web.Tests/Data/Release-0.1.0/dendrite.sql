BEGIN TRANSACTION;
CREATE TABLE "AspNetRoleClaims" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_AspNetRoleClaims" PRIMARY KEY AUTOINCREMENT,
    "RoleId" TEXT NOT NULL,
    "ClaimType" TEXT NULL,
    "ClaimValue" TEXT NULL,
    CONSTRAINT "FK_AspNetRoleClaims_AspNetRoles_RoleId" FOREIGN KEY ("RoleId") REFERENCES "AspNetRoles" ("Id") ON DELETE CASCADE
);
INSERT INTO "AspNetRoleClaims" VALUES(1,'22222222-0000-4000-8000-000000000001','t','v');
CREATE TABLE "AspNetRoles" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_AspNetRoles" PRIMARY KEY,
    "Name" TEXT NULL,
    "NormalizedName" TEXT NULL,
    "ConcurrencyStamp" TEXT NULL
);
INSERT INTO "AspNetRoles" VALUES('22222222-0000-4000-8000-000000000001','Beamline','BEAMLINE','r');
CREATE TABLE "AspNetUserClaims" (
    "Id" INTEGER NOT NULL CONSTRAINT "PK_AspNetUserClaims" PRIMARY KEY AUTOINCREMENT,
    "UserId" TEXT NOT NULL,
    "ClaimType" TEXT NULL,
    "ClaimValue" TEXT NULL,
    CONSTRAINT "FK_AspNetUserClaims_AspNetUsers_UserId" FOREIGN KEY ("UserId") REFERENCES "AspNetUsers" ("Id") ON DELETE CASCADE
);
INSERT INTO "AspNetUserClaims" VALUES(1,'11111111-0000-4000-8000-000000000002','t','v');
CREATE TABLE "AspNetUserLogins" (
    "LoginProvider" TEXT NOT NULL,
    "ProviderKey" TEXT NOT NULL,
    "ProviderDisplayName" TEXT NULL,
    "UserId" TEXT NOT NULL,
    CONSTRAINT "PK_AspNetUserLogins" PRIMARY KEY ("LoginProvider", "ProviderKey"),
    CONSTRAINT "FK_AspNetUserLogins_AspNetUsers_UserId" FOREIGN KEY ("UserId") REFERENCES "AspNetUsers" ("Id") ON DELETE CASCADE
);
INSERT INTO "AspNetUserLogins" VALUES('p','k','P','11111111-0000-4000-8000-000000000002');
CREATE TABLE "AspNetUserRoles" (
    "UserId" TEXT NOT NULL,
    "RoleId" TEXT NOT NULL,
    CONSTRAINT "PK_AspNetUserRoles" PRIMARY KEY ("UserId", "RoleId"),
    CONSTRAINT "FK_AspNetUserRoles_AspNetRoles_RoleId" FOREIGN KEY ("RoleId") REFERENCES "AspNetRoles" ("Id") ON DELETE CASCADE,
    CONSTRAINT "FK_AspNetUserRoles_AspNetUsers_UserId" FOREIGN KEY ("UserId") REFERENCES "AspNetUsers" ("Id") ON DELETE CASCADE
);
INSERT INTO "AspNetUserRoles" VALUES('11111111-0000-4000-8000-000000000002','22222222-0000-4000-8000-000000000001');
CREATE TABLE "AspNetUserTokens" (
    "UserId" TEXT NOT NULL,
    "LoginProvider" TEXT NOT NULL,
    "Name" TEXT NOT NULL,
    "Value" TEXT NULL,
    CONSTRAINT "PK_AspNetUserTokens" PRIMARY KEY ("UserId", "LoginProvider", "Name"),
    CONSTRAINT "FK_AspNetUserTokens_AspNetUsers_UserId" FOREIGN KEY ("UserId") REFERENCES "AspNetUsers" ("Id") ON DELETE CASCADE
);
INSERT INTO "AspNetUserTokens" VALUES('11111111-0000-4000-8000-000000000002','p','n','v');
CREATE TABLE "AspNetUsers" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_AspNetUsers" PRIMARY KEY,
    "DisplayName" TEXT NOT NULL,
    "IsAdministrator" INTEGER NOT NULL,
    "UserName" TEXT NULL,
    "NormalizedUserName" TEXT NULL,
    "Email" TEXT NULL,
    "NormalizedEmail" TEXT NULL,
    "EmailConfirmed" INTEGER NOT NULL,
    "PasswordHash" TEXT NULL,
    "SecurityStamp" TEXT NULL,
    "ConcurrencyStamp" TEXT NULL,
    "PhoneNumber" TEXT NULL,
    "PhoneNumberConfirmed" INTEGER NOT NULL,
    "TwoFactorEnabled" INTEGER NOT NULL,
    "LockoutEnd" TEXT NULL,
    "LockoutEnabled" INTEGER NOT NULL,
    "AccessFailedCount" INTEGER NOT NULL
);
INSERT INTO "AspNetUsers" VALUES('11111111-0000-4000-8000-000000000001','Ada Curator',1,'ada@example.org','ADA@EXAMPLE.ORG','ada@example.org','ADA@EXAMPLE.ORG',0,'not-a-password-hash','STAMPA','c-A',NULL,0,0,NULL,1,0);
INSERT INTO "AspNetUsers" VALUES('11111111-0000-4000-8000-000000000002','Bob Beamline',0,'bob@example.org','BOB@EXAMPLE.ORG','bob@example.org','BOB@EXAMPLE.ORG',0,'not-a-password-hash','STAMPB','c-B',NULL,0,0,NULL,1,0);
CREATE TABLE "Links" (
    "Id" TEXT NOT NULL CONSTRAINT "PK_Links" PRIMARY KEY,
    "TokenHash" TEXT NOT NULL,
    "DatasetId" TEXT NOT NULL,
    "Role" INTEGER NOT NULL,
    "Name" TEXT NOT NULL,
    "Query" TEXT NOT NULL,
    "CreatedBy" TEXT NOT NULL,
    "CreatedAt" INTEGER NOT NULL,
    "ExpiresAt" INTEGER NULL,
    "RevokedAt" INTEGER NULL
);
INSERT INTO "Links" VALUES('33333333-0000-4000-8000-000000000001','abababababababababababababababababababababababababababababababab','cell-a',0,'For the referee','h=1.5','11111111-0000-4000-8000-000000000001',1767268800000,NULL,NULL);
INSERT INTO "Links" VALUES('33333333-0000-4000-8000-000000000002','cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd','cell-b',1,'Ended','','11111111-0000-4000-8000-000000000001',1767268800000,1767268800001,1767268800001);
CREATE TABLE "Members" (
    "DatasetId" TEXT NOT NULL,
    "UserId" TEXT NOT NULL,
    "Role" INTEGER NOT NULL,
    CONSTRAINT "PK_Members" PRIMARY KEY ("DatasetId", "UserId")
);
INSERT INTO "Members" VALUES('cell-a','11111111-0000-4000-8000-000000000002',1);
INSERT INTO "Members" VALUES('cell-b','11111111-0000-4000-8000-000000000002',3);
CREATE TABLE "SiteEdits" (
    "Sequence" INTEGER NOT NULL CONSTRAINT "PK_SiteEdits" PRIMARY KEY AUTOINCREMENT,
    "DatasetId" TEXT NOT NULL,
    "SiteId" TEXT NOT NULL,
    "Version" INTEGER NOT NULL,
    "State" TEXT NOT NULL,
    "ByKey" TEXT NOT NULL,
    "ByName" TEXT NOT NULL,
    "At" INTEGER NOT NULL
);
INSERT INTO "SiteEdits" VALUES(1,'cell-a','site1',1,'{"id":"site1","version":1,"zUm":1,"yUm":2,"xUm":3,"hours":1.5,"modality":"projection","depthUm":4,"radiusUm":5,"label":"N1","note":"","status":"proposed","author":"Bob","changedAt":1767268800000,"deleted":false}','11111111-0000-4000-8000-000000000002','Bob',1767268800001);
INSERT INTO "SiteEdits" VALUES(2,'cell-a','site1',2,'{"id":"site1","version":2,"zUm":1,"yUm":2,"xUm":3,"hours":1.5,"modality":"projection","depthUm":4,"radiusUm":5,"label":"N1","note":"","status":"proposed","author":"Bob","changedAt":1767268800000,"deleted":false}','11111111-0000-4000-8000-000000000002','Bob',1767268800002);
CREATE INDEX "IX_AspNetRoleClaims_RoleId" ON "AspNetRoleClaims" ("RoleId");
CREATE UNIQUE INDEX "RoleNameIndex" ON "AspNetRoles" ("NormalizedName");
CREATE INDEX "IX_AspNetUserClaims_UserId" ON "AspNetUserClaims" ("UserId");
CREATE INDEX "IX_AspNetUserLogins_UserId" ON "AspNetUserLogins" ("UserId");
CREATE INDEX "IX_AspNetUserRoles_RoleId" ON "AspNetUserRoles" ("RoleId");
CREATE INDEX "EmailIndex" ON "AspNetUsers" ("NormalizedEmail");
CREATE UNIQUE INDEX "UserNameIndex" ON "AspNetUsers" ("NormalizedUserName");
CREATE INDEX "IX_Links_DatasetId" ON "Links" ("DatasetId");
CREATE UNIQUE INDEX "IX_Links_TokenHash" ON "Links" ("TokenHash");
CREATE UNIQUE INDEX "IX_SiteEdits_DatasetId_SiteId_Version" ON "SiteEdits" ("DatasetId", "SiteId", "Version");
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('AspNetRoleClaims',1);
INSERT INTO "sqlite_sequence" VALUES('AspNetUserClaims',1);
INSERT INTO "sqlite_sequence" VALUES('SiteEdits',2);
COMMIT;
